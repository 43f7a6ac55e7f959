/** A time for controllers, so that a test can turn it. */
export interface Clock {
  /** In ms. */
  now(): number;
  /** Runs the task once, at that time or soon after. @returns how to call it off */
  at(time: number, task: () => void): () => void;
}

interface Entry {
  readonly time: number;
  readonly order: number;
  task?: () => void;
}

/** Tasks by their time: a binary heap. What was called off stays until its time, without its task. */
export class Agenda {
  private readonly heap: Entry[] = [];
  private order = 0;

  add(time: number, task: () => void): () => void {
    const entry: Entry = { time, order: this.order++, task };
    let i = this.heap.push(entry) - 1;
    while (i > 0) {
      const parent = Math.floor((i - 1) / 2);
      if (!earlier(entry, this.heap[parent])) break;
      this.heap[i] = this.heap[parent];
      i = parent;
    }
    this.heap[i] = entry;
    return () => { entry.task = undefined; };
  }

  next(): number | undefined {
    while (this.heap.length > 0 && !this.heap[0].task) this.take();
    return this.heap[0]?.time;
  }

  take(): Entry {
    const [first] = this.heap;
    const last = this.heap.pop()!;
    if (this.heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && earlier(this.heap[child + 1], this.heap[child])) child++;
      if (!earlier(this.heap[child], last)) break;
      this.heap[i] = this.heap[child];
      i = child;
    }
    this.heap[i] = last;
    return first;
  }
}

function earlier(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** The time of the machine. All tasks of the process wait behind one timer, which does not keep the process alive. */
export class MachineClock implements Clock {
  private readonly agenda = new Agenda();
  private timer?: NodeJS.Timeout;
  private wakesAt = Infinity;

  now(): number {
    return Date.now();
  }

  at(time: number, task: () => void): () => void {
    const callOff = this.agenda.add(time, task);
    if (time < this.wakesAt) this.wakeAt(time);
    return callOff;
  }

  private wakeAt(time: number): void {
    clearTimeout(this.timer);
    this.wakesAt = time;
    this.timer = setTimeout(() => this.run(), Math.min(Math.max(0, time - Date.now()), 2 ** 31 - 1));
    this.timer.unref();
  }

  private run(): void {
    this.wakesAt = Infinity;
    let next = this.agenda.next();
    while (next !== undefined && next <= Date.now()) {
      this.agenda.take().task?.();
      next = this.agenda.next();
    }
    if (next !== undefined) this.wakeAt(next);
  }
}

/** The one of the process. */
export const machineClock = new MachineClock();
