# shellcheck shell=bash
# Sourced by scripts that tell how long each of their phases took.

phase_report=()

# seconds_since MICROSECONDS: the time since then, as 12.3
seconds_since()
{
    local tenths=$(((${EPOCHREALTIME/[.,]/} - $1) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# children_ticks VARIABLE: sets it to the CPU time of all programs that this shell has waited for, in ticks of 10 ms.
children_ticks()
{
    local line fields
    line=$(<"/proc/$$/stat")
    read -ra fields <<<"${line##*) }" # behind the name, which may hold anything
    printf -v "$1" '%d' $((fields[13] + fields[14]))
}

# phase NAME COMMAND...: runs the command, says how long it took (and the CPU time of the programs in it) and returns its
# status.
phase()
{
    local name=$1 begin=${EPOCHREALTIME/[.,]/} status=0 before after line
    shift
    printf '\n== %s\n' "$name"
    children_ticks before
    "$@" || status=$?
    children_ticks after
    printf -v line '%-28s %8s s %8d s CPU  %s' "$name" "$(seconds_since "$begin")" $(((after - before + 50) / 100)) \
        "$([[ $status == 0 ]] && echo ok || echo "failed ($status)")"
    phase_report+=("$line")
    return "$status"
}

print_phases()
{
    [[ ${#phase_report[@]} == 0 ]] || printf '%s\n' '' '== time per phase' "${phase_report[@]}"
}
