namespace Prozchain.Sharding.AtomicCommit;

/// <summary>What atomic transactions of one program number do.</summary>
/// <remarks>
/// An implementer owes: the same transaction over the same cells gives the same writes and the same result, on every
/// node; no clock, no randomness, no floating point; no exception, whatever the bytes of transaction and cells. A
/// program that reads or writes a cell that was not provided is stopped by the result, not by an exception.
/// </remarks>
public interface IAtomicProgram
{
    /// <summary>Executes.</summary>
    /// <param name="transaction">The transaction; its signers have signed.</param>
    /// <param name="cells">All provided cells, and where writes go.</param>
    /// <returns>False to abort: nothing is written anywhere.</returns>
    bool Execute(AtomicTransaction transaction, ProvidedCells cells);
}
