/** How far away the emulators are in the measurement of first answers: a call takes so much longer. */
export const distanceMs = 5;
