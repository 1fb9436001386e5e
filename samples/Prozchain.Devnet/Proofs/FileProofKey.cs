using System.Diagnostics;
using Prozchain.Zk;
using Prozchain.Zk.Airs;
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

    private readonly FileStatement _statement;
    private readonly Blake3FileStatement _tables;
    private readonly StarkKey<Field31<KoalaBear>> _key;

    public FileProofKey(FileStatement statement)
    {
        _statement = statement;
        _tables = new(statement.Length, statement.Prefix.Length, LeastLogRows);
        int tallest = 0;
        foreach (int log in _tables.LogRows) tallest = Math.Max(tallest, log);
        StarkShape shape = StarkKey.ShapeOf<Field31<KoalaBear>>(_tables.Airs, LeastLogRows, tallest, zeroKnowledge: true);
        var parameters = StarkParameters.ForTarget(statement.SecurityBits, shape, s_options);
        if (parameters.LeastPaddedLogRows > LeastLogRows)
            throw new UnreachableException($"Expected 2^{LeastLogRows} rows to hide the file, got 2^{parameters.LeastPaddedLogRows} as the least.");
        _key = StarkKey.Create<Field31<KoalaBear>>(_tables.Airs, parameters);
    }

    public SecurityReport Report => _key.Parameters.Report;

    /// <summary>Proves the statement about a file, which is laid out here so that no one else holds the traces.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<StarkProof> ProveAsync(ReadOnlySpan<byte> file, int threads, IProgress<StarkProgress> progress, CancellationToken cancellation) =>
        StarkProver.ProveAsync(
            _key, new Blake3File<Field31<KoalaBear>>(file, LeastLogRows).Traces(_tables), Values(),
            new() { MaxDegreeOfParallelism = threads }, progress, cancellation);

    /// <summary>Whether a proof shows the statement. Nothing that it holds is trusted.</summary>
    public VerifyResult Verify(StarkProof proof)
    {
        if (proof.LogRows.Length != _tables.LogRows.Length) return VerifyResult.WrongShape;
        for (int i = 0; i < proof.LogRows.Length; i++)
            if (proof.LogRows[i] != _tables.LogRows[i]) return VerifyResult.WrongShape;
        return StarkVerifier.Verify(_key, Values(), proof);
    }

    private Field31<KoalaBear>[][] Values() => _tables.PublicValues<Field31<KoalaBear>>(_statement.Hash.Span, _statement.Prefix.Span);
}
