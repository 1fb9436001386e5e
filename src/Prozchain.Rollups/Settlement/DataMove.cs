namespace Prozchain.Rollups.Settlement;

/// <summary>What a <see cref="DataAnswerer{TTransaction, THash}"/> or <see cref="DataChallenger"/> has done in one step.</summary>
public enum DataMove : byte
{
    /// <summary>Nothing: there is nothing to do now.</summary>
    None,

    /// <summary>Showed what was asked for.</summary>
    Answered,

    /// <summary>Asked for a chunk, or a piece of a list.</summary>
    Asked,

    /// <summary>Had a batch declared withheld, or a bond freed that had asked for it.</summary>
    Expired,

    /// <summary>Fetched bonds.</summary>
    Collected,
}
