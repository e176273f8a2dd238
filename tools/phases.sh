# shellcheck shell=bash
# Sourced by scripts that tell how long each of their phases took.

phase_report=()

# seconds_since MICROSECONDS: the time since then, as 12.3
seconds_since()
{
    local tenths=$(((${EPOCHREALTIME/[.,]/} - $1) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# phase NAME COMMAND...: runs the command, says how long it took and returns its status.
phase()
{
    local name=$1 begin=${EPOCHREALTIME/[.,]/} status=0 line
    shift
    printf '\n== %s\n' "$name"
    "$@" || status=$?
    printf -v line '%-28s %8s s  %s' "$name" "$(seconds_since "$begin")" \
        "$([[ $status == 0 ]] && echo ok || echo "failed ($status)")"
    phase_report+=("$line")
    return "$status"
}

print_phases()
{
    [[ ${#phase_report[@]} == 0 ]] || printf '%s\n' '' '== time per phase' "${phase_report[@]}"
}
