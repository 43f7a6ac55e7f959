/** How long controllers may work before the requests of clients have their turn, in ms. */
const SLICE = 5;

type Task = () => void;

/** What the controllers of all clusters of the process have to do, one after the other and a little at a time. */
class WorkQueue {
  private tasks: Task[] = [];
  private next = 0;
  private woken = false;

  add(task: Task): void {
    this.tasks.push(task);
    this.wake();
  }

  /** Whether something is left to do now. */
  get busy(): boolean {
    return this.next < this.tasks.length;
  }

  private wake(): void {
    if (this.woken) return;
    this.woken = true;
    setImmediate(() => this.work());
  }

  private work(): void {
    const end = Date.now() + SLICE;
    try {
      while (this.next < this.tasks.length && Date.now() <= end) this.tasks[this.next++]();
    } finally {
      this.woken = false;
      if (this.next >= this.tasks.length) {
        this.tasks = [];
        this.next = 0;
      } else {
        if (this.next > 4_096) {
          this.tasks = this.tasks.slice(this.next);
          this.next = 0;
        }
        this.wake();
      }
    }
  }
}

export const workQueue = new WorkQueue();
