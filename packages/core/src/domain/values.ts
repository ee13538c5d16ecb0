/** Opaque strings by name: metadata, state, config and inputs are of this shape. */
export type StringMap = Readonly<Record<string, string>>;

/** A moment that people read: RFC 3339 in UTC with milliseconds, so that text order is time order. */
export type Timestamp = string;

/** A moment that is compared: milliseconds since the Unix epoch. */
export type EpochMilliseconds = number;
