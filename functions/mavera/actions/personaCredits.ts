/** What a persona costs, whatever its pipeline. Source: Mavera, "Credits". */
export const personaCredits = 300;
