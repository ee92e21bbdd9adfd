/** Nothing to hide behind, and everybody in sight. */
export const OPEN = `
########################
#......................#
#......................#
#......................#
#..S................S..#
#......................#
#......................#
#......................#
########################
`.trimStart();

/** A lane with one of everything that changes a craft, on both sides of where one begins. */
export const PADS = `
=1 scatter
=2 shield
=3 haste
=4 overcharge
##############################
#............................#
#............................#
#............................#
#.4..3..2..1..SS..1..2..3..4.#
#............................#
#............................#
#............................#
##############################
`.trimStart();

/**
 * A flag for each team in a corner, a straight lane to it from the other's place, and a zone from wall to wall between them:
 * whoever flies too far is where they are to be.
 */
export const TEAMS = `
##############################
#..B.....ZZZZZZZZZZZZ.......o#
#........ZZZZZZZZZZZZ........#
#........ZZZZZZZZZZZZ........#
#........ZZZZZZZZZZZZ........#
#........ZZZZZZZZZZZZ........#
#........ZZZZZZZZZZZZ........#
#b.......ZZZZZZZZZZZZ.....O..#
##############################
`.trimStart();
