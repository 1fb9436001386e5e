namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What a change does with its amount; the numbers cross <see cref="RollupBuses.Change"/>.</summary>
internal enum LedgerMode
{
    /// <summary>Takes it away.</summary>
    Debit,

    /// <summary>Adds it.</summary>
    Credit,

    /// <summary>Nothing, and the value is less than it.</summary>
    Short,

    /// <summary>Nothing, and value and amount together are 2^120 or more.</summary>
    Over,

    /// <summary>Nothing, and it is the value.</summary>
    Read,
}

/// <summary>A change of a cell by a transaction.</summary>
/// <param name="Time">4 row + slot + 1.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Mode">What it does.</param>
/// <param name="Amount">Below 2^120; for <see cref="LedgerMode.Read"/>, the value.</param>
/// <param name="Signer">Whose signature it is, if it is of an account that signs; those debit, if only 0.</param>
/// <param name="Index">The signer's next index after its signature: the signature's own and 1.</param>
internal readonly record struct LedgerChange(uint Time, CellName Cell, LedgerMode Mode, UInt128 Amount, LedgerSigner Signer = LedgerSigner.None, uint Index = 0);

/// <summary>Which part a change of an account's record has in a signature.</summary>
internal enum LedgerSigner
{
    /// <summary>None.</summary>
    None,

    /// <summary>The sponsor: its next index moves.</summary>
    Sponsor,

    /// <summary>The sender: its nonce moves too.</summary>
    Sender,

    /// <summary>The sender of a rotation: its version moves too, and its next index is 0.</summary>
    Rotation,
}

/// <summary>What a transaction is told about a cell: nonce and index for sender and reader, the version for any signer and reader, how many indices a signer left out; else 0.</summary>
internal readonly record struct LedgerAnswer(ulong Nonce, uint Index, uint Version, uint Skipped);
