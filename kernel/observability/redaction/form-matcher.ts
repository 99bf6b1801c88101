import type { Form } from './secret-forms.ts';
import { NODE_BITS, type Spelling, type SpellingNode } from './spelling.ts';

/** A stretch of a text: the code units from `start` up to, but not including, `end`. */
export interface Interval {
  start: number;
  end: number;
}

export interface Found {
  /** In order, apart from each other. */
  intervals: Interval[];
  /** Where what may become a secret begins, if more text follows; the text's length if nothing may. */
  open: number;
}

/** Which ends of a text may have been cut off in the middle of a secret. */
export interface CutEnds {
  start: boolean;
  end: boolean;
}

/** So much of a secret, and at least half of it, is taken for it where it may have been cut. */
const MIN_CUT_LENGTH = 8;
/** What stands behind an excerpt: a text cut to size and put in quotes, or with an ellipsis. */
const EXCERPT_ENDS = new Set([...`"'\`…`].map((sign) => sign.charCodeAt(0)));
/** States are made when a text leads to them, and forgotten when there are more than so many and the spellings. */
const MIN_STATES = 4096;
/** What a place, a number of 31 bits, can tell apart: secrets of two megabytes together. */
const MAX_SPELLINGS = 1 << (31 - NODE_BITS);
const NODE_MASK = (1 << NODE_BITS) - 1;

/**
 * A place in a form: the spelling's index, and the node within it that was read last. Kept in one number,
 * the node in its lowest bits.
 */
type Place = number;

/** What may be going on at one place of a text: every form that has been begun, and how far it is. */
interface State {
  places: readonly Place[];
  /** Where a form is complete. */
  complete: readonly Place[];
  /** Where so much of a form has been read that it counts as one if it is cut here. */
  most: readonly Place[];
  /** By class of code unit; a hole has not been needed so far. */
  next: (State | undefined)[];
}

/**
 * Finds all forms of all secrets in one pass over a text, overlapping ones too: an automaton whose states
 * are sets of places, made as texts need them. Its time does not depend on the number of forms.
 */
export class FormMatcher {
  readonly #spellings: Spelling[] = [];
  /** For each spelling: how many of its form have been read with it, and how many the form needs. */
  readonly #done: number[] = [];
  readonly #required: number[] = [];
  readonly #isLast: boolean[] = [];
  /** Where forms may begin, by code unit. */
  readonly #beginnings = new Map<number, Place[]>();
  readonly #ascii = new Int32Array(128);
  readonly #classes = new Map<number, number>();
  readonly #states = new Map<string, State>();
  #idle: State;
  #cut: State;

  constructor(forms: readonly Form[]) {
    for (const form of forms) this.#add(form);
    for (const spelling of new Set(this.#spellings)) {
      for (const node of spelling.nodes) for (const unit of node.units) this.#classify(unit);
    }
    this.#idle = this.#stateOf([]);
    this.#cut = this.#stateOf(this.#cutPlaces());
  }

  find(text: string, cut: CutEnds): Found {
    const intervals: Interval[] = [];
    let state = cut.start ? this.#cut : this.#idle;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      const kind = unit < 128 ? (this.#ascii[unit] as number) : (this.#classes.get(unit) ?? 0);
      if (state.most.length > 0 && isExcerptEnd(text, index)) {
        this.#addCut(intervals, text, index, state);
      }
      state = state.next[kind] ?? this.#follow(state, unit, kind);
      if (state.complete.length > 0) this.#addComplete(intervals, text, index + 1, state, cut);
    }
    if (cut.end) this.#addCut(intervals, text, text.length, state);
    const unfinished = state.places.filter((place) => this.#mayGoOn(place));
    return { intervals, open: this.#startOf(text, text.length, unfinished, cut.start) };
  }

  #addComplete(intervals: Interval[], text: string, end: number, state: State, cut: CutEnds): void {
    const last = intervals.at(-1);
    // The optional end of what was complete before.
    if (last?.end === end - 1 && state.complete.every((place) => this.#isBeyond(place))) {
      last.end = end;
    } else add(intervals, this.#startOf(text, end, state.complete, cut.start), end);
  }

  #addCut(intervals: Interval[], text: string, end: number, state: State): void {
    const start = this.#startOf(text, end, state.most, false);
    if (start < end) add(intervals, start, end);
  }

  #add({ spellings, required }: Form): void {
    const first = this.#spellings.length;
    if (first + spellings.length > MAX_SPELLINGS)
      throw new RangeError('there are too many secrets');
    spellings.forEach((spelling, at) => {
      this.#spellings.push(spelling);
      this.#done.push(at + 1);
      this.#required.push(required);
      this.#isLast.push(at === spellings.length - 1);
    });
    for (const node of spellings[0]?.first ?? []) {
      for (const unit of node.units) {
        const places = this.#beginnings.get(unit) ?? [];
        places.push(place(first, node));
        this.#beginnings.set(unit, places);
      }
    }
  }

  /** Code units that no form contains are all the same: class 0. */
  #classify(unit: number): void {
    if (this.#classes.has(unit)) return;
    const kind = this.#classes.size + 1;
    this.#classes.set(unit, kind);
    if (unit < 128) this.#ascii[unit] = kind;
  }

  #follow(state: State, unit: number, kind: number): State {
    const reached = [...(this.#beginnings.get(unit) ?? [])];
    for (const from of state.places) {
      const at = from >> NODE_BITS;
      const node = this.#nodeOf(from);
      collect(reached, at, node.children, unit);
      if (node.ends && !this.#isLast[at]) {
        collect(reached, at + 1, (this.#spellings[at + 1] as Spelling).first, unit);
      }
    }
    const next = this.#stateOf([...new Set(reached)].sort((a, b) => a - b));
    state.next[kind] = next;
    return next;
  }

  #stateOf(places: readonly Place[]): State {
    const key = places.join();
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= MIN_STATES + this.#spellings.length) this.#forget();
    const complete = places.filter((place) => this.#isComplete(place));
    const most = places.filter((place) => this.#isMostOfIt(place));
    const state: State = { places, complete, most, next: [] };
    this.#states.set(key, state);
    return state;
  }

  #forget(): void {
    this.#states.clear();
    this.#idle = this.#stateOf([]);
    this.#cut = this.#stateOf(this.#cut.places);
  }

  /** Where a cut text may go on: after the first half of a form, at most. */
  #cutPlaces(): Place[] {
    return this.#spellings.flatMap((spelling, at) => {
      const [node] = spelling.last;
      return node !== undefined && this.#mayBeCutAfter(at) ? [place(at, node)] : [];
    });
  }

  #mayBeCutAfter(at: number): boolean {
    const required = this.#required[at] as number;
    return isMost(required - (this.#done[at] as number), required);
  }

  #isComplete(place: Place): boolean {
    const at = place >> NODE_BITS;
    return (this.#done[at] as number) >= (this.#required[at] as number) && this.#nodeOf(place).ends;
  }

  #isBeyond(place: Place): boolean {
    const at = place >> NODE_BITS;
    return (this.#done[at] as number) > (this.#required[at] as number);
  }

  #mayGoOn(place: Place): boolean {
    const { ends, children } = this.#nodeOf(place);
    return children.length > 0 || (ends && !this.#isLast[place >> NODE_BITS]);
  }

  #isMostOfIt(place: Place): boolean {
    const at = place >> NODE_BITS;
    const begun = this.#nodeOf(place).ends ? 0 : 1;
    return isMost((this.#done[at] as number) - begun, this.#required[at] as number);
  }

  /** The earliest beginning of what has led to these places, found backwards from `end`; `end` if there is none. */
  #startOf(text: string, end: number, places: readonly Place[], cutStart: boolean): number {
    let earliest = end;
    let current: readonly Place[] = places;
    for (let index = end - 1; index >= 0; index--) {
      const before: Place[] = [];
      for (const from of current) {
        const at = from >> NODE_BITS;
        const { parent } = this.#nodeOf(from);
        if (parent !== undefined) collect(before, at, [parent], text.charCodeAt(index - 1));
        else if (this.#done[at] === 1) earliest = index;
        else {
          if (index === 0 && cutStart && this.#mayBeCutAfter(at - 1)) earliest = 0;
          collect(before, at - 1, this.#spellings[at - 1]?.last ?? [], text.charCodeAt(index - 1));
        }
      }
      if (before.length === 0) break;
      current = distinct(before);
    }
    return earliest;
  }

  #nodeOf(place: Place): SpellingNode {
    const spelling = this.#spellings[place >> NODE_BITS] as Spelling;
    return spelling.nodes[place & NODE_MASK] as SpellingNode;
  }
}

function place(at: number, node: SpellingNode): Place {
  return (at << NODE_BITS) | node.index;
}

/** Adds the places of those nodes that take the unit; some may be there already. */
function collect(places: Place[], at: number, nodes: readonly SpellingNode[], unit: number): void {
  for (const node of nodes) if (node.units.includes(unit)) places.push(place(at, node));
}

/** There are a few, mostly one: faster than a set. */
function distinct(places: readonly Place[]): readonly Place[] {
  if (places.length < 2) return places;
  if (places.length > 16) return [...new Set(places)];
  return places.filter((place, at) => places.indexOf(place) === at);
}

function isExcerptEnd(text: string, index: number): boolean {
  return EXCERPT_ENDS.has(text.charCodeAt(index)) || text.startsWith('...', index);
}

function isMost(part: number, whole: number): boolean {
  return part >= MIN_CUT_LENGTH && part * 2 >= whole;
}

/** Appends an interval that ends last, and joins it with those that it touches. */
export function add(intervals: Interval[], start: number, end: number): void {
  let joined = start;
  for (let last = intervals.at(-1); last !== undefined && last.end >= joined; ) {
    joined = Math.min(joined, last.start);
    intervals.pop();
    last = intervals.at(-1);
  }
  intervals.push({ start: joined, end });
}
