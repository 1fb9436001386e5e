namespace Prozchain.Zk.Stark;

/// <summary>What verifying a list of proofs came to. Only <see cref="Valid"/> accepts.</summary>
public enum GroupVerdict
{
    /// <summary>Nothing was verified yet.</summary>
    None = 0,

    /// <summary>Every proof is valid, and what they send each other is what they receive.</summary>
    Valid = 1,

    /// <summary>The list is empty, or not as long as the one that a proof was made for: proofs were left out or added.</summary>
    WrongCount = 2,

    /// <summary>A proof stands where another was made for: the order is wrong, or a proof occurs twice.</summary>
    WrongPlace = 3,

    /// <summary>A proof was made for another list than the first.</summary>
    OtherList = 4,

    /// <summary>
    /// The proofs agree with each other, but not with this statement, these keys, the public values of the early tables or the early tables themselves: the
    /// challenges were drawn for others, or without the work.
    /// </summary>
    WrongStatement = 5,

    /// <summary>The tables are so tall that the shared buses may have more messages than the parameters count.</summary>
    TooManyMessages = 6,

    /// <summary>A proof alone is refused.</summary>
    InvalidProof = 7,

    /// <summary>Each proof is valid, but the messages on the shared buses do not balance.</summary>
    Imbalance = 8,
}

/// <summary>What verifying a list of proofs came to, and which proof is to blame.</summary>
/// <param name="Verdict">Valid, or what is wrong.</param>
/// <param name="Proof">The first proof that shows it, from 0; -1 if no single one does.</param>
/// <param name="Reason">Why an <see cref="GroupVerdict.InvalidProof"/> is refused, else None.</param>
public readonly record struct GroupResult(GroupVerdict Verdict, int Proof = -1, VerifyResult Reason = VerifyResult.None)
{
    /// <summary>Whether the list is accepted.</summary>
    public bool IsValid => Verdict == GroupVerdict.Valid;

    /// <summary>The result as a sentence.</summary>
    public override string ToString() => Verdict switch
    {
        GroupVerdict.InvalidProof => $"Proof {Proof} is refused: {Reason}.",
        _ => Proof < 0 ? $"{Verdict}." : $"{Verdict}, at proof {Proof}.",
    };
}
