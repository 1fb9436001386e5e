using System.Diagnostics;
using Prozchain.Zk;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;

namespace Prozchain.Devnet.Proofs;

/// <summary>Tables, parameters and key of a statement: prover and verifier derive them from nothing else.</summary>
internal sealed class FileProofKey
{
    // What hides the file is as many random rows as values become known; at both targets that is less than this.
    private const int LeastLogRows = 10;

    // The smallest blowup: a mebibyte is then extended to less than 3 GiB.
    private static readonly SolverOptions s_options = new() { LogBlowup = 1 };

    // A mebibyte fits at 128 bits. The traces, 700 MB, are not counted, but gone before the columns of the quotient come: with all
    // else that a process takes it is less than 4 GiB.
    private const long MemoryBudget = 3500L << 20;

    private readonly FileStatement _statement;
    private readonly FileTables _tables;
    private readonly StarkKey<Field31<KoalaBear>> _key;

    public FileProofKey(FileStatement statement)
    {
        _statement = statement;
        _tables = FileTables.Of(statement, LeastLogRows);
        int tallest = 0;
        foreach (int log in _tables.LogRows) tallest = Math.Max(tallest, log);
        StarkShape shape = StarkKey.ShapeOf<Field31<KoalaBear>>(_tables.Airs, LeastLogRows, tallest, zeroKnowledge: true);
        var parameters = StarkParameters.ForTarget(statement.SecurityBits, shape, s_options);
        if (parameters.LeastPaddedLogRows > LeastLogRows)
            throw new UnreachableException($"Expected 2^{LeastLogRows} rows to hide the file, got 2^{parameters.LeastPaddedLogRows} as the least.");
        _key = StarkKey.Create<Field31<KoalaBear>>(_tables.Airs, parameters);
    }

    private FileProofKey(FileProofKey shared, FileStatement statement) => (_statement, _tables, _key) = (statement, shared._tables, shared._key);

    public SecurityReport Report => _key.Parameters.Report;

    /// <summary>The same key for another statement of equal numbers: a hash and a prefix are values, which no key depends on.</summary>
    public FileProofKey For(FileStatement statement) => Numbers(statement) == Numbers(_statement) ? new(this, statement)
        : throw new ArgumentException($"Expected a statement with {Numbers(_statement)}, got {Numbers(statement)}.", nameof(statement));

    /// <summary>Proves the statement about a file, which is laid out here so that no one else holds the traces.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<StarkProof> ProveAsync(ReadOnlySpan<byte> file, int threads, IProgress<StarkProgress> progress, CancellationToken cancellation) =>
        StarkProver.ProveAsync(
            _key, _tables.Traces(file), Values(),
            new() { MaxDegreeOfParallelism = threads, OverwriteTraces = true, MemoryBudget = MemoryBudget }, progress, cancellation: cancellation);

    /// <summary>Whether a proof shows the statement. Nothing that it holds is trusted.</summary>
    public VerifyResult Verify(StarkProof proof)
    {
        if (proof.LogRows.Length != _tables.LogRows.Length) return VerifyResult.WrongShape;
        for (int i = 0; i < proof.LogRows.Length; i++)
            if (proof.LogRows[i] != _tables.LogRows[i]) return VerifyResult.WrongShape;
        return StarkVerifier.Verify(_key, Values(), proof);
    }

    private static (FileHash Function, int Length, int Prefix, int Security) Numbers(FileStatement statement) => (statement.Function, statement.Length, statement.Prefix.Length, statement.SecurityBits);

    private Field31<KoalaBear>[][] Values() => _tables.Values(_statement);
}
