/** What one expression, or one text made of several, may yield: bytes of JSON, closely enough. */
export const MAX_RESULT_BYTES = 1024 * 1024;

/** How deep the lists and maps that an expression yields may nest. */
export const MAX_RESULT_DEPTH = 128;

/** The longest list that an expression may build while it is evaluated. */
export const MAX_LIST_LENGTH = 1024 * 1024;

/** The longest expression that is compiled, in UTF-16 units. */
export const MAX_EXPRESSION_LENGTH = 16 * 1024;

/** How deep parentheses, brackets and braces of an expression may nest; the parser takes the square of it. */
export const MAX_NESTING = 100;

/** How long an expression that is not linear may take in its thread, in milliseconds. */
export const EXPRESSION_DEADLINE_MS = 250;

/** The steps (0.1 to 0.3 µs each) that an expression which is not linear may take without a thread. */
export const INLINE_STEPS = 100_000;
