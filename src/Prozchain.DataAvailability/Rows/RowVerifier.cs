using System.Numerics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// Checks rows of one commitment: the RLC vector once, then each row by one hash of it, its path and its RLC.
/// Immutable, safe for concurrent use; checking allocates nothing.
/// </summary>
/// <remarks>
/// What <see cref="RowCheck.Valid"/> says, for any index. (1) It is the row that the producer committed to there, as SHA-256 is
/// collision-resistant. (2) Its RLC is the one that the code makes of the committed RLCs of the data rows. The coefficients are a
/// hash of the rows, so a row that differs from what the code makes of K others passes (2) beside them with a chance of
/// 2^-128 for each commitment that the producer tries. So rows that verify are shares of one codeword, and no fraud proof is
/// waited for. What it does not say is that enough other rows exist: that takes samples (<see cref="Sampling.RowSampleCheck"/>).
/// Source: Evans, Mohnblatt, Angeris, "ZODA: zero-overhead data availability" (2025); RSEMA1D in celestia-app, commit 74614c2e.
/// </remarks>
public sealed class RowVerifier
{
    private readonly RlcCoefficients _coefficients;
    private readonly Bytes32 _rowRoot;
    private readonly byte[] _extended;

    private RowVerifier(RowCommitment commitment, RlcVector vector)
    {
        Commitment = commitment;
        _rowRoot = vector.RowRootBytes;
        _coefficients = new RlcCoefficients(_rowRoot, commitment.Parameters);
        _extended = Extend(vector.Values.Span, commitment.Parameters);
    }

    /// <summary>What rows are checked against.</summary>
    public RowCommitment Commitment { get; }

    /// <summary>A verifier for a commitment, if the vector is the committed one; else null. The vector is untrusted.</summary>
    public static RowCheck TryCreate(RowCommitment commitment, RlcVector vector, out RowVerifier? verifier)
    {
        ArgumentNullException.ThrowIfNull(vector);
        RowCheck check = vector.Verify(commitment);
        verifier = check == RowCheck.Valid ? new RowVerifier(commitment, vector) : null;
        return check;
    }

    /// <summary>Checks a row with its path. All three are untrusted.</summary>
    /// <param name="index">Which row it is said to be.</param>
    /// <param name="row">The row.</param>
    /// <param name="path">The siblings from the row up, 32 bytes each.</param>
    public RowCheck Verify(int index, ReadOnlySpan<byte> row, ReadOnlySpan<byte> path)
    {
        RowParameters parameters = Commitment.Parameters;
        if ((uint)index >= (uint)parameters.Rows) return RowCheck.OutsideRows;
        if (row.Length != parameters.RowSize || path.Length != BitOperations.Log2((uint)parameters.Rows) * Bytes32.Size) return RowCheck.WrongSize;
        if (!Sha256Tree.Climb(index, Sha256MerkleHash.Leaf(row), path).Equals(_rowRoot)) return RowCheck.BadProof;
        Span<byte> value = stackalloc byte[RlcCoefficients.ValueSize];
        _coefficients.Combine(row, value);
        return value.SequenceEqual(_extended.AsSpan(index * RlcCoefficients.ValueSize, RlcCoefficients.ValueSize)) ? RowCheck.Valid : RowCheck.NotACodeword;
    }

    /// <summary>
    /// Checks a row with its path; the checked row is null unless the result is <see cref="RowCheck.Valid"/>. A path of the RLC, which this
    /// has no use for, has to be right all the same, so that the proof can be handed on to those who have.
    /// </summary>
    public RowCheck Verify(RowProof proof, out CheckedRow? row)
    {
        ArgumentNullException.ThrowIfNull(proof);
        RowCheck check = Verify(proof.Index, proof.Row.Span, proof.Path.Span);
        if (check == RowCheck.Valid && !proof.RlcPath.IsEmpty) check = VerifyRlc(proof.Index, proof.RlcPath.Span);
        row = check == RowCheck.Valid ? new CheckedRow(Commitment, proof) : null;
        return check;
    }

    private RowCheck VerifyRlc(int index, ReadOnlySpan<byte> path)
    {
        int dataRows = Commitment.Parameters.DataRows;
        if (index >= dataRows || path.Length != BitOperations.Log2((uint)dataRows) * Bytes32.Size) return RowCheck.WrongSize;
        Bytes32 leaf = Sha256MerkleHash.Leaf(_extended.AsSpan(index * RlcCoefficients.ValueSize, RlcCoefficients.ValueSize));
        return Commitment.IsOf(_rowRoot, Sha256Tree.Climb(index, leaf, path)) ? RowCheck.Valid : RowCheck.BadProof;
    }

    /// <summary>
    /// The RLCs of all rows: the code over one shard of 64 bytes a row, of whose 32 symbols the first eight are the limbs.
    /// </summary>
    private static byte[] Extend(ReadOnlySpan<byte> values, RowParameters parameters)
    {
        const int Shard = RowParameters.RowAlignment, High = Shard / 2, Size = RlcCoefficients.ValueSize;
        var shards = new byte[parameters.Rows * Shard];
        var extended = new byte[parameters.Rows * Size];
        values.CopyTo(extended);
        for (int i = 0; i < values.Length; i++) shards[i / Size * Shard + i % Size / 2 + (i % 2) * High] = values[i];
        Span<byte> parity = shards.AsSpan(parameters.DataRows * Shard);
        parameters.Code.Encode(new ReadOnlyShards(shards, parameters.DataRows, Shard), new Shards(parity, parameters.ParityRows, Shard));
        for (int i = values.Length; i < extended.Length; i++) extended[i] = shards[i / Size * Shard + i % Size / 2 + (i % 2) * High];
        return extended;
    }
}
