# epochs.sh CONTROL: the training process. It makes two epochs, whose number is in `epoch`, and goes on to the second when the test lets
# it. It does not outlive its trainer.
epoch()
{
    echo "$1" > epoch.new
    mv epoch.new epoch
}
epoch 1
touch "$1/at running"
while [ -e "$1/hold running" ] && kill -0 "$PPID" 2> /dev/null; do sleep 0.05; done
epoch 2
