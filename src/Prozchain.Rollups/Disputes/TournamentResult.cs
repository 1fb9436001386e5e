namespace Prozchain.Rollups.Disputes;

/// <summary>What became of a move. Anything but <see cref="Accepted"/> left the tournament as it was.</summary>
public enum TournamentResult
{
    /// <summary>The move counts.</summary>
    Accepted,

    /// <summary>The time in which claims join is over.</summary>
    JoinedTooLate,

    /// <summary>The claim is in already.</summary>
    DuplicateClaim,

    /// <summary>The value sent is not the bond.</summary>
    WrongBond,

    /// <summary>The digests given do not hash to those known, or an opening is wrong.</summary>
    WrongOpening,

    /// <summary>No such match, or it is decided.</summary>
    NoMatch,

    /// <summary>The match waits for another kind of move.</summary>
    WrongMove,

    /// <summary>The clock of the side to move has run out.</summary>
    OutOfTime,

    /// <summary>The clock has not run out.</summary>
    TooEarly,

    /// <summary>The witness does not show anything.</summary>
    WrongWitness,

    /// <summary>Nothing to form, conclude or collect.</summary>
    NothingToDo,

    /// <summary>The tournament has ended.</summary>
    Ended,
}
