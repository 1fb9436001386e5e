using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Poseidon = Prozchain.Zk.Merkle.SpongeMatrixHash<Prozchain.Zk.Fields.KoalaBear, Prozchain.Zk.Hashing.Poseidon2Width24<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Zk.Tests;

public class KeccakBatchTests : BatchCommitmentTests<ByteMatrixHash<F, Keccak256>>;

public class Sha256BatchTests : BatchCommitmentTests<ByteMatrixHash<F, Sha256>>;

public class Blake3BatchTests : BatchCommitmentTests<ByteMatrixHash<F, Blake3>>;

public class PoseidonBatchTests : BatchCommitmentTests<Poseidon>;

public abstract class BatchCommitmentTests<THash> where THash : struct, IMatrixHash<F>
{
    public static TheoryData<MatrixDimensions[]> Shapes => new()
    {
        new MatrixDimensions[] { new(1, 3) }, new MatrixDimensions[] { new(2, 5) }, new MatrixDimensions[] { new(16, 1) }, new MatrixDimensions[] { new(32, 35), new(32, 2) },
        new MatrixDimensions[] { new(64, 3), new(16, 4), new(16, 1), new(1, 2) }, new MatrixDimensions[] { new(4, 2), new(128, 9), new(8, 1), new(64, 7) }, new MatrixDimensions[] { new(8, 1), new(8, 1), new(4, 1) },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Commit_EveryShapeAndCap_EqualsTheDefinition(MatrixDimensions[] dimensions)
    {
        ReadOnlyMemory<F>[][] matrices = BatchTools.Matrices([.. dimensions.Select(d => (d.Height, d.Width))]);
        for (int cap = 0; 1 << cap <= dimensions.Min(d => d.Height); cap++)
        {
            BatchCommitment<F, THash> commitment = BatchCommitment<F, THash>.Commit(matrices, cap);
            byte[] expected = [.. Enumerable.Range(0, 1 << cap).SelectMany(root => BatchTools.NaiveNode<THash>(matrices, 1 << cap, root))];
            Assert.Equal(expected, commitment.Cap.ToArray());
            Assert.Equal(expected, BatchCommitment<F, THash>.Commit(matrices, cap, threads: 2).Cap.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Verify_AnyIndices_YieldsTheRows(MatrixDimensions[] dimensions)
    {
        ReadOnlyMemory<F>[][] matrices = BatchTools.Matrices([.. dimensions.Select(d => (d.Height, d.Width))]);
        int height = dimensions.Max(d => d.Height);
        var random = new Random(height);
        for (int cap = 0; 1 << cap <= dimensions.Min(d => d.Height) && cap < 3; cap++)
            for (int count = 1; count <= Math.Min(height, 9); count++)
            {
                var salts = new SeededSource(count);
                BatchCommitment<F, THash> commitment = count % 3 == 0
                    ? BatchCommitment<F, THash>.CommitSalted(matrices, 1 + count % 5, ref salts, cap) : BatchCommitment<F, THash>.Commit(matrices, cap);
                int[] indices = [.. Enumerable.Range(0, count).Select(_ => random.Next(height))];
                byte[] encoded = BatchTools.Encode(commitment.Open(indices));
                Assert.Equal(ReadResult.Ok, BatchOpening<F>.TryRead(encoded, commitment.Shape, indices, out BatchOpening<F>? opening));
                Assert.Equal(encoded, BatchTools.Encode(opening!));
                Assert.Equal(VerifyResult.Valid, opening!.Verify<THash>(commitment.Cap, commitment.Shape, indices, out OpenedRows<F>? rows));
                foreach (int index in indices)
                    for (int matrix = 0; matrix < matrices.Length; matrix++)
                        Assert.Equal(BatchTools.Row(matrices[matrix], index / (height / matrices[matrix][0].Length)), rows!.Row(matrix, index).ToArray());
            }
    }

    [Fact]
    public void Verify_EveryByteChanged_IsRefused()
    {
        ReadOnlyMemory<F>[][] matrices = BatchTools.Matrices((8, 2), (4, 1));
        var salts = new SeededSource(3);
        BatchCommitment<F, THash> commitment = BatchCommitment<F, THash>.CommitSalted(matrices, 2, ref salts, capHeight: 1);
        int[] indices = [6, 1, 6];
        byte[] encoded = BatchTools.Encode(commitment.Open(indices));
        for (int at = 0; at < encoded.Length; at++)
            foreach (byte change in (byte[])[1, 0x80, 0xFF])
            {
                byte[] wrong = [.. encoded];
                wrong[at] ^= change;
                if (BatchOpening<F>.TryRead(wrong, commitment.Shape, indices, out BatchOpening<F>? opening) != ReadResult.Ok) continue;
                VerifyResult result = opening!.Verify<THash>(commitment.Cap, commitment.Shape, indices, out OpenedRows<F>? rows);
                Assert.True(result is VerifyResult.RootMismatch or VerifyResult.NonCanonicalElement, $"Byte {at}: {result}.");
                Assert.Null(rows);
            }
    }

    [Fact]
    public void Commit_Salted_DiffersAndDependsOnEverySalt()
    {
        ReadOnlyMemory<F>[][] matrices = BatchTools.Matrices((16, 3));
        SeededSource first = new(1), second = new(2);
        byte[] plain = BatchCommitment<F, THash>.Commit(matrices).Cap.ToArray();
        byte[] one = BatchCommitment<F, THash>.CommitSalted(matrices, 4, ref first).Cap.ToArray(), two = BatchCommitment<F, THash>.CommitSalted(matrices, 4, ref second).Cap.ToArray();
        Assert.NotEqual(plain, one);
        Assert.NotEqual(one, two);
    }
}
