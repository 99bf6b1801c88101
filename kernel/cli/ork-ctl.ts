/** `ork-ctl` talks to the daemon, which this version does not have. */
export async function main(_argv: string[]): Promise<number> {
  process.stderr.write(
    'ork-ctl: not available in this version: the daemon and its control plane are not part of this release.\n' +
      'Run a playbook with: ork run PLAYBOOK\n',
  );
  return 2;
}
