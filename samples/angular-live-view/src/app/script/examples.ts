/** A script to begin with. */
export interface Example {
  readonly title: string;
  readonly script: string;
}

const COUNTING = `# Counts until it is stopped.
# What is marked as "param" can be set below.
import time

WORD = "round"  # param: what each line begins with
PAUSE = 0.5  # param: seconds between two lines

i = 0
while True:
    print(f"{WORD} {i}")
    i += 1
    time.sleep(PAUSE)
`;

const SLIDER = `# A channel with a slider: it is in the panel as long
# as this runs. Move it, and see what is printed.
import time
import protocol


def on_write(channel, name, value):
    print(name, "is now", value)
    channel[name] = value


panel = protocol.CBORChannel(on_write=on_write)
panel.add("gain", type="slider", value=3, min=0, max=10, step=0.5, unit="dB")
protocol.register(name="panel", backend=panel)

while True:
    print("gain", panel["gain"])
    time.sleep(1)
`;

const FAILING = `# Fails in the end, and the line is marked.
import time

START = 3  # param: where the countdown begins
LOUD = True  # param: whether it prints

for i in range(START, -1, -1):
    if LOUD:
        print(f"12 / {i}")
    share = 12 / i
    time.sleep(0.2)
`;

/** What cameras and the demo camera understand. */
export const EXAMPLES: readonly Example[] = [
  { title: 'Count in a loop', script: COUNTING },
  { title: 'A channel with a slider', script: SLIDER },
  { title: 'Fail, and say where', script: FAILING },
];
