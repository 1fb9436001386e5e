using System.Security.Cryptography;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Hash = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;

namespace Prozchain.Zk.Tests;

public class BatchOpeningTests
{
    private static readonly ReadOnlyMemory<F>[][] s_matrices = BatchTools.Matrices((16, 2), (4, 3));

    [Fact]
    public void Verify_WrongStatement_NamesTheReason()
    {
        BatchCommitment<F, Hash> commitment = BatchCommitment<F, Hash>.Commit(s_matrices);
        BatchOpening<F> opening = commitment.Open([3, 9]);
        Assert.Equal(VerifyResult.Valid, opening.Verify<Hash>(commitment.Cap, commitment.Shape, [9, 3, 9], out _));
        Assert.Equal(VerifyResult.WrongIndex, opening.Verify<Hash>(commitment.Cap, commitment.Shape, [3, 10], out _));
        Assert.Equal(VerifyResult.WrongIndex, opening.Verify<Hash>(commitment.Cap, commitment.Shape, [3], out _));
        Assert.Equal(VerifyResult.WrongShape, opening.Verify<Hash>(commitment.Cap, new BatchShape([new(16, 2), new(8, 3)]), [3, 9], out _));
        Assert.Equal(VerifyResult.WrongShape, opening.Verify<Hash>(commitment.Cap, new BatchShape([new(16, 2), new(4, 3)], 0, 1), [3, 9], out _));
        Assert.Equal(VerifyResult.WrongShape, opening.Verify<Hash>(commitment.Cap[..31], commitment.Shape, [3, 9], out _));
        Assert.Equal(VerifyResult.RootMismatch, opening.Verify<Hash>(new byte[32], commitment.Shape, [3, 9], out OpenedRows<F>? rows));
        Assert.Null(rows);
        Assert.Equal(VerifyResult.RootMismatch, opening.Verify<ByteMatrixHash<F, Sha256>>(commitment.Cap, commitment.Shape, [3, 9], out _));
        Assert.Throws<ArgumentException>(() => opening.Verify<Hash>(commitment.Cap, commitment.Shape, [], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => opening.Verify<Hash>(commitment.Cap, commitment.Shape, [16], out _));
    }

    [Fact]
    public void Open_SharedPaths_HoldsRowsAndSiblingsOnce()
    {
        BatchCommitment<F, Hash> commitment = BatchCommitment<F, Hash>.Commit(s_matrices);
        // All leaves: no sibling at all. Two neighbours: the path of their parent.
        Assert.Equal(1 + 4 * (16 * 2 + 4 * 3), commitment.Open([.. Enumerable.Range(0, 16)]).EncodedSize);
        Assert.Equal(1 + 4 * (2 * 2 + 3) + 3 * 32, commitment.Open([4, 5]).EncodedSize);
        Assert.Equal(commitment.Open([5]).EncodedSize, commitment.Open([5, 5, 5]).EncodedSize);
        Assert.Equal(BatchTools.Encode(commitment.Open([9, 2])), BatchTools.Encode(commitment.Open([2, 9, 2])));
    }

    [Fact]
    public void TryRead_WrongBytes_NamesTheReason()
    {
        BatchCommitment<F, Hash> commitment = BatchCommitment<F, Hash>.Commit(s_matrices);
        byte[] encoded = BatchTools.Encode(commitment.Open([3, 9]));
        for (int length = 0; length < encoded.Length; length++)
            Assert.Equal(ReadResult.Truncated, BatchOpening<F>.TryRead(encoded.AsSpan(0, length), commitment.Shape, [3, 9], out _));
        Assert.Equal(ReadResult.TrailingBytes, BatchOpening<F>.TryRead([.. encoded, 0], commitment.Shape, [3, 9], out _));
        Assert.Equal(ReadResult.UnsupportedVersion, BatchOpening<F>.TryRead([1, .. encoded.AsSpan(1)], commitment.Shape, [3, 9], out _));
        byte[] wrong = [.. encoded];
        BitConverter.TryWriteBytes(wrong.AsSpan(1), KoalaBear.Modulus);
        Assert.Equal(ReadResult.NonCanonicalElement, BatchOpening<F>.TryRead(wrong, commitment.Shape, [3, 9], out BatchOpening<F>? opening));
        Assert.Null(opening);
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndVerifiesOnlyTheTruth()
    {
        var salts = new SeededSource(5);
        BatchCommitment<F, Hash> commitment = BatchCommitment<F, Hash>.CommitSalted(s_matrices, 2, ref salts, capHeight: 1);
        int[] indices = [3, 9, 8];
        byte[] seed = BatchTools.Encode(commitment.Open(indices));
        int read = 0;
        Testing.HostileBytes.Feed([seed], bytes =>
        {
            if (BatchOpening<F>.TryRead(bytes, commitment.Shape, indices, out BatchOpening<F>? opening) != ReadResult.Ok) return;
            read++;
            Assert.Equal(bytes, BatchTools.Encode(opening!));
            if (read % 10 != 0) return;
            bool valid = opening!.Verify<Hash>(commitment.Cap, commitment.Shape, indices, out _) == VerifyResult.Valid;
            Assert.Equal(bytes.SequenceEqual(seed), valid);
        });
        Assert.True(read > 1000, $"Only {read} mutations were read at all.");
    }

    [Fact]
    public void Write_SeededCases_AreFrozen()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int salt = 0; salt < 3; salt++)
            for (int cap = 0; cap < 3; cap++)
            {
                var salts = new SeededSource(salt);
                BatchCommitment<F, Hash> commitment = salt == 0
                    ? BatchCommitment<F, Hash>.Commit(s_matrices, cap) : BatchCommitment<F, Hash>.CommitSalted(s_matrices, salt, ref salts, cap);
                hash.AppendData(commitment.Cap);
                hash.AppendData(BatchTools.Encode(commitment.Open([2, 3, 11])));
            }
        // A change of this constant is a change of the format.
        Assert.Equal("335dbda5b2a3793e72924e35f8ef0d02a4bc9d0000779367f5f1ef70663f64cd", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Commit_Impossible_Throws()
    {
        Assert.Throws<ArgumentException>(() => BatchCommitment<F, Hash>.Commit([]));
        Assert.Throws<ArgumentException>(() => BatchCommitment<F, Hash>.Commit([[]]));
        Assert.Throws<ArgumentException>(() => BatchCommitment<F, Hash>.Commit([[new F[3]]]));
        Assert.Throws<ArgumentException>(() => BatchCommitment<F, Hash>.Commit([[new F[4], new F[2]]]));
        Assert.Throws<ArgumentException>(() => BatchCommitment<F, Hash>.Commit(s_matrices, capHeight: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchCommitment<F, Hash>.Commit(s_matrices, threads: 0));
        var salts = new SeededSource(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchCommitment<F, Hash>.CommitSalted(s_matrices, 0, ref salts));
        Assert.Throws<ArgumentException>(() => new BatchShape([new(BatchShape.MaxWidth, BatchShape.MaxWidth), new(BatchShape.MaxWidth, 1)]));
        BatchCommitment<F, Hash> commitment = BatchCommitment<F, Hash>.Commit(s_matrices);
        Assert.Throws<ArgumentException>(() => commitment.Open([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => commitment.Open([-1]));
    }

    [Fact]
    public void Commit_LongWork_ReportsAndCancels()
    {
        int made = 0;
        ReadOnlyMemory<F>[][] matrices = BatchTools.Matrices((1 << 12, 1));
        BatchCommitment<F, Hash>.Commit(matrices, progress: new Last(value => made = value));
        Assert.Equal((1 << 13) - 1, made);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => BatchCommitment<F, Hash>.Commit(matrices, cancellation: source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => BatchCommitment<F, Hash>.Commit(matrices, threads: 2, cancellation: source.Token));
    }

    private sealed class Last(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
