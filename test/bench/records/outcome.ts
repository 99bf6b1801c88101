/** What a child process that has moved records says on standard output. */
export interface Outcome {
  records: number;
  bytes: number;
  milliseconds: number;
}

export function tell(outcome: Outcome): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(JSON.stringify(outcome), () => resolve());
  });
}

/** `CASE COUNT` of this process's command line. */
export function readArguments(): { name: string; count: number } {
  const [name = '', count = ''] = process.argv.slice(2);
  return { name, count: Number(count) };
}
