const MAX_LOOKED_AT = 4096;

/** What programs say when they meet the walls of their sandbox, and what opens them. */
const WALLS: [said: RegExp, hint: string][] = [
  [
    /read-only file system/i,
    'it may write to the workspace, /tmp and $HOME; for more, grant ' +
      'security_context: { filesystem: { write: ["/path"] } }',
  ],
  [
    /network is unreachable|could not resolve|name resolution|name or service not known|no route to host/i,
    'it has an empty network; security_context: { namespaces: { net: false } } gives it that of the host',
  ],
  [
    /(cannot|can't|unable to) fork|fork: |resource temporarily unavailable/i,
    'it may start a limited number of processes; for more, raise ' +
      'security_context: { resource_limits: { pids_max: … } }',
  ],
  [
    /no space left on device/i,
    '/tmp and $HOME are in memory; write large files to the workspace, or raise ' +
      'security_context: { resource_limits: { memory_bytes: … } }',
  ],
  [
    /cannot allocate memory|out of memory|memoryerror|bad_alloc/i,
    'raise security_context: { resource_limits: { memory_bytes: … } }',
  ],
  [
    /not found|no such file or directory/i,
    'it sees the workspace, /usr and a part of /etc; for more, grant ' +
      'security_context: { filesystem: { read: ["/path"] } }',
  ],
  [
    /operation not permitted/i,
    'system calls that change the machine are refused; for others, give a profile: ' +
      'security_context: { seccomp_profile_path: … }',
  ],
  [
    /permission denied/i,
    'it runs as an ordinary user, who acts as the owner of the workspace and of what is granted by ' +
      'security_context: { filesystem: { read: […], write: […] } }',
  ],
];

/** What may help a program that has failed, where its last words sound like its sandbox; undefined where they do not. */
export function sandboxHint(stderr: string): string | undefined {
  const lastWords = stderr.slice(-MAX_LOOKED_AT);
  const hint = WALLS.find(([said]) => said.test(lastWords))?.[1];
  return hint === undefined ? undefined : `if that is its sandbox: ${hint}`;
}
