/** What one expression, or one text made of several, may yield: bytes of JSON, closely enough. */
export const MAX_RESULT_BYTES = 1024 * 1024;

/** The longest expression that is compiled, in UTF-16 units. */
export const MAX_EXPRESSION_LENGTH = 16 * 1024;
