import * as z from 'zod';
import { asOrkError, OrkError } from '../types/errors.ts';

/** Docker's has 14 KiB. */
const MAX_TEXT = 1024 * 1024;
/** What the helper takes. */
const MAX_RULES = 4096;
/** What the runtimes of containers answer when a profile does not say. */
const EPERM = 1;
const MAX_ERRNO = 4095;
const MAX_OPERAND = 2n ** 64n - 1n;

const OPERATIONS = {
  SCMP_CMP_EQ: 'eq',
  SCMP_CMP_NE: 'ne',
  SCMP_CMP_LT: 'lt',
  SCMP_CMP_LE: 'le',
  SCMP_CMP_GE: 'ge',
  SCMP_CMP_GT: 'gt',
  SCMP_CMP_MASKED_EQ: 'masked-eq',
} as const;

const VERBS = {
  SCMP_ACT_ALLOW: 'allow',
  SCMP_ACT_ERRNO: 'errno',
  SCMP_ACT_KILL: 'kill',
  SCMP_ACT_KILL_PROCESS: 'kill',
  // One thread gone leaves the others waiting for it for ever.
  SCMP_ACT_KILL_THREAD: 'kill',
} as const;

/** What the profiles of Docker and Podman call the architectures. */
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

const text = z.string().max(1000);
const texts = z.array(text).max(1000);
const errno = z.number().int().min(1).max(MAX_ERRNO);
const operand = z
  .union([z.number().int().nonnegative(), z.bigint().nonnegative().max(MAX_OPERAND)])
  .transform(BigInt);

const comparison = z
  .strictObject({
    index: z.number().int().min(0).max(5),
    value: operand,
    valueTwo: operand.optional(),
    op: z.enum(keysOf(OPERATIONS)),
  })
  .refine(
    ({ op, value, valueTwo = 0n }) => op !== 'SCMP_CMP_MASKED_EQ' || (valueTwo & ~value) === 0n,
    { message: 'it never holds: valueTwo has bits that value, its mask, lacks' },
  );

/** Docker's own: which rules a container gets depends on what else it has. */
const condition = z.strictObject({
  caps: texts.nullish(),
  arches: texts.nullish(),
  minKernel: text.nullish(),
});

const rule = z.strictObject({
  comment: text.optional(),
  names: z.array(z.string().regex(/^[a-z0-9_]{1,64}$/i)).max(MAX_RULES),
  action: z.enum(keysOf(VERBS)),
  errnoRet: errno.nullish(),
  /** Podman's, a name for the same. */
  errno: text.optional(),
  args: z
    .array(comparison)
    .max(6)
    .nullish()
    .refine((args) => new Set(args?.map(({ index }) => index)).size === (args ?? []).length, {
      message: 'two comparisons of one argument: write a rule for each',
    }),
  includes: condition.nullish(),
  excludes: condition.nullish(),
});

const profile = z.strictObject({
  comment: text.optional(),
  defaultAction: z.literal('SCMP_ACT_ERRNO'),
  defaultErrnoRet: errno.nullish(),
  defaultErrno: text.optional(),
  // Calls of another architecture than the host's always end the process.
  architectures: texts.nullish(),
  archMap: z.array(z.unknown()).max(100).nullish(),
  flags: z.array(z.unknown()).max(0).nullish(),
  syscalls: z.array(rule).max(MAX_RULES),
});

type Profile = z.infer<typeof profile>;
type Rule = z.infer<typeof rule>;
type Comparison = z.infer<typeof comparison>;

/**
 * A seccomp profile in the format of OCI as words for `ork-sandbox compile-filter` (native/filter_rules.h). Throws
 * `invalid-argument` for what is none, or asks for what cannot be done.
 *
 * Rules for those who have a capability are left out, since no workload has one; kernels are taken to be new enough.
 */
export function profileRules(
  json: string,
  architecture: NodeJS.Architecture = process.arch,
): string[] {
  const { defaultErrnoRet, syscalls } = parseProfile(json);
  const rules = syscalls.filter((candidate) => applies(candidate, architecture));
  const count = rules.reduce((sum, { names }) => sum + names.length, 0);
  if (count > MAX_RULES) throw invalid(`it has ${count} rules, more than ${MAX_RULES}`);
  return ['default', String(defaultErrnoRet ?? EPERM), ...rules.flatMap(wordsOf)];
}

function parseProfile(json: string): Profile {
  if (json.length > MAX_TEXT) throw invalid('it is larger than 1 MiB');
  const parsed = parseJson(json);
  if (isOpen(parsed)) {
    throw invalid(
      'it allows what it does not name (defaultAction SCMP_ACT_ALLOW)',
      'name what is allowed; or use `unconfined` to have no filter',
    );
  }
  const result = profile.safeParse(parsed);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  throw invalid(`${where}${issue?.message ?? 'unknown'}`);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json, exactly);
  } catch (error) {
    throw invalid(asOrkError(error).message);
  }
}

/** Masks of 64 bits do not fit into a number of JavaScript. */
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined)
    return value;
  return /^\d+$/.test(source) ? BigInt(source) : value;
}

function isOpen(parsed: unknown): boolean {
  return (
    typeof parsed === 'object' &&
    parsed !== null &&
    'defaultAction' in parsed &&
    parsed.defaultAction === 'SCMP_ACT_ALLOW'
  );
}

function applies({ includes, excludes }: Rule, architecture: NodeJS.Architecture): boolean {
  const arch = ARCHITECTURES[architecture] ?? architecture;
  if (includes?.caps?.length || excludes?.minKernel) return false;
  if (includes?.arches?.length && !includes.arches.includes(arch)) return false;
  return !excludes?.arches?.includes(arch);
}

function wordsOf({ names, action, errnoRet, args }: Rule): string[] {
  const comparisons = args ?? [];
  const verb = comparisons.length > 0 ? `${VERBS[action]}-if` : VERBS[action];
  const number = action === 'SCMP_ACT_ERRNO' ? [String(errnoRet ?? EPERM)] : [];
  const rest =
    comparisons.length > 0 ? [String(comparisons.length), ...comparisons.flatMap(operands)] : [];
  return names.flatMap((name) => [verb, ...number, name, ...rest]);
}

/** In OCI's format the value of a masked comparison comes second. */
function operands({ index, value, valueTwo = 0n, op }: Comparison): string[] {
  const [compared, mask] = op === 'SCMP_CMP_MASKED_EQ' ? [valueTwo, value] : [value, 0n];
  return [String(index), OPERATIONS[op], String(compared), String(mask)];
}

function keysOf<Key extends string>(table: Record<Key, string>): Key[] {
  return Object.keys(table) as Key[];
}

function invalid(
  what: string,
  hint = 'write it as the profiles of Docker and Podman are written, or use `default`',
): OrkError {
  return new OrkError('invalid-argument', `The seccomp profile is not valid: ${what}.`, {
    reason: 'sandbox.profile-invalid',
    hint,
  });
}
