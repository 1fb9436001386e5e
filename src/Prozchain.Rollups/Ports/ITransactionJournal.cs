namespace Prozchain.Rollups.Ports;

/// <summary>Remembers which transactions were signed, so that a restart resends them instead of sending others.</summary>
/// <remarks>
/// An implementer owes: when a call returns, what it wrote survives a crash and a loss of power; records come back in their
/// order, whole or, if the crash came within an append, not at all; a crash within a rewriting leaves the old or the new. One journal belongs to one key. Calls do
/// not overlap.
/// </remarks>
public interface ITransactionJournal
{
    /// <summary>Adds a record.</summary>
    void Append(ReadOnlySpan<byte> record);

    /// <summary>All records, oldest first.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> ReadAll();

    /// <summary>Replaces all records, to forget what is no longer needed.</summary>
    void Rewrite(IReadOnlyList<ReadOnlyMemory<byte>> records);
}
