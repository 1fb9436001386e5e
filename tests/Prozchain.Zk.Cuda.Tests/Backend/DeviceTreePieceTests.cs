using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Baby = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>;
using Koala = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using KoalaPoseidon2 = Prozchain.Zk.Merkle.SpongeMatrixHash<Prozchain.Zk.Fields.KoalaBear, Prozchain.Zk.Hashing.Poseidon2Width24<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using BabyPoseidon1 = Prozchain.Zk.Merkle.SpongeMatrixHash<Prozchain.Zk.Fields.BabyBear, Prozchain.Zk.Hashing.Poseidon1Width24<Prozchain.Zk.Fields.BabyBear>, Prozchain.Zk.Hashing.Poseidon1Width16<Prozchain.Zk.Fields.BabyBear>>;

namespace Prozchain.Zk.Cuda.Tests.Backend;

/// <summary>Rows that come in pieces of columns, rows that do not lie in columns, and what is refused.</summary>
[Collection(nameof(DeviceTests))]
public sealed class DeviceTreePieceTests
{
    [Fact]
    public void Absorb_InPieces_MakesTheTreeOfWholeRows()
    {
        Check<Koala, ByteMatrixHash<Koala, Keccak256>>();
        Check<Baby, ByteMatrixHash<Baby, Sha256>>();
        Check<Koala, ByteMatrixHash<Koala, Blake3>>();
        Check<Koala, KoalaPoseidon2>();
        Check<Baby, BabyPoseidon1>();

        static void Check<TField, TTree>()
            where TField : unmanaged, IField<TField>
            where TTree : struct, IMatrixHash<TField>
        {
            int step = TreeKernels.Of<TField, TTree>().Step;
            foreach (int width in (int[])[2 * step, 3 * step + 1, 4 * step - 1, 5 * step])
            {
                using TreeCase<TField, TTree> one = new(width, 0, 0, new(8, width), new(4, 2));
                DeviceColumns columns = one.Matrices[0][0];
                using DeviceTreeBuilder<TField, TTree> builder = new(one.Session, one.Shape);
                int first = 0;
                for (int piece = 1; first + piece * step < width; first += piece * step, piece = 3 - piece) builder.Absorb(8, [Some(first, piece * step)]);
                builder.Absorb(8, [Some(first, width - first)]);
                builder.Absorb(4, one.Matrices[1]);
                using DeviceTree<TField, TTree> tree = builder.Finish();
                Assert.Equal(one.Host.Cap, tree.Cap);
                int[] indices = [6, 1, 6];
                BatchOpening<TField> opening = tree.OpenNodes(indices);
                Assert.NotEqual(VerifyResult.Valid, opening.Verify<TTree>(tree.Cap, one.Shape, indices, out _));
                tree.FillRows(opening, 1, 0, one.Matrices[1]);
                tree.FillRows(opening, 0, step, [Some(step, width - step)]);
                tree.FillRows(opening, 0, 0, [Some(0, step)]);
                Assert.Equal(VerifyResult.Valid, opening.Verify<TTree>(tree.Cap, one.Shape, indices, out _));
                Assert.Throws<InvalidOperationException>(() => tree.Open([0]));

                DeviceColumns Some(int from, int count) => columns with { Address = columns.At(0, from), Count = count };
            }
        }
    }

    [Fact]
    public void Build_OfRowsThatLieTogether_IsTheHosts()
    {
        using TreeCase<Koala, ByteMatrixHash<Koala, Keccak256>> one = new(5, 0, 0, new MatrixDimensions(16, 6));
        var rows = new uint[16 * 6];
        for (int i = 0; i < rows.Length; i++) rows[i] = DeviceGather.Read(one.Session, [one.Matrices[0][0].At(i / 6, i % 6)])[0];
        DeviceColumns turned = new(one.Session.Upload<uint>(rows, "rows of a test").Address, 6, Stride: 1, RowStride: 6);
        using DeviceTree<Koala, ByteMatrixHash<Koala, Keccak256>> tree = DeviceTree<Koala, ByteMatrixHash<Koala, Keccak256>>.Build(one.Session, one.Shape, [[turned]]);
        Assert.Equal(one.Host.Cap, tree.Cap);
        one.CheckOpening(tree, [3, 15, 0]);
    }

    [Fact]
    public void Build_OfColumnsThatDoNotFit_IsRefusedAndKeepsNothing()
    {
        using TreeCase<Koala, ByteMatrixHash<Koala, Keccak256>> one = new(6, 2, 0, new(16, 6), new(4, 1));
        long used = one.Session.Used;
        DeviceColumns columns = one.Matrices[0][0], salts = one.Matrices[0][1];
        Refused([one.Matrices[0]]);
        Refused([one.Matrices[0], [columns]]);
        Refused([[columns], one.Matrices[1]]);
        Refused([[columns, salts with { RowStride = 2 }], one.Matrices[1]]);
        Assert.Equal(used, one.Session.Used);

        void Refused(IReadOnlyList<IReadOnlyList<DeviceColumns>> matrices) =>
            Assert.Throws<ArgumentException>(() => DeviceTree<Koala, ByteMatrixHash<Koala, Keccak256>>.Build(one.Session, one.Shape, matrices));
    }

    [Fact]
    public void Absorb_OfPiecesThatDoNotFit_IsRefused()
    {
        using TreeCase<Koala, ByteMatrixHash<Koala, Keccak256>> one = new(7, 0, 0, new MatrixDimensions(4, 70));
        long used = one.Session.Used;
        DeviceColumns columns = one.Matrices[0][0];
        using (DeviceTreeBuilder<Koala, ByteMatrixHash<Koala, Keccak256>> builder = new(one.Session, one.Shape))
        {
            Assert.Throws<ArgumentException>(() => builder.Absorb(2, [columns]));
            Assert.Throws<ArgumentException>(() => builder.Absorb(4, []));
            Assert.Throws<ArgumentException>(() => builder.Absorb(4, [columns with { Count = 35 }]));
            Assert.Throws<ArgumentException>(() => builder.Absorb(4, [columns with { Count = 71 }]));
            builder.Absorb(4, [columns with { Count = 34 }]);
            Assert.Throws<InvalidOperationException>(() => builder.Finish());
        }
        Assert.Equal(used, one.Session.Used);
    }

    [Fact]
    public void Build_Disposed_GivesAllBack()
    {
        using TreeCase<Koala, KoalaPoseidon2> one = new(8, 1, 0, new(16, 6), new(4, 1));
        long used = one.Session.Used;
        using (DeviceTree<Koala, KoalaPoseidon2> tree = DeviceTree<Koala, KoalaPoseidon2>.Build(one.Session, one.Shape, one.Matrices))
            Assert.Equal(used + 2 * 16 * 32, one.Session.Used);
        Assert.Equal(used, one.Session.Used);
    }

    [Fact]
    public void Costs_OfRows_CountBlocks()
    {
        Assert.Equal(4 * 33 + 32, HashCost.OfRow<Koala, ByteMatrixHash<Koala, Keccak256>>(33).Bytes);
        Assert.Equal(HashCost.OfNode<Koala, ByteMatrixHash<Koala, Keccak256>>().Operations + 5 * 33, HashCost.OfRow<Koala, ByteMatrixHash<Koala, Keccak256>>(33).Operations);
        Assert.Equal(2, Blocks<ByteMatrixHash<Koala, Keccak256>>(34));
        Assert.Equal(1, Blocks<ByteMatrixHash<Koala, Sha256>>(13));
        Assert.Equal(2, Blocks<ByteMatrixHash<Koala, Sha256>>(14));
        Assert.Equal(16, Blocks<ByteMatrixHash<Koala, Blake3>>(256));
        Assert.Equal(18, Blocks<ByteMatrixHash<Koala, Blake3>>(257));
        Assert.Equal(2, Blocks<KoalaPoseidon2>(17));

        static long Blocks<TTree>(int width)
        {
            long one = HashCost.OfRow<Koala, TTree>(1).Operations, many = HashCost.OfRow<Koala, TTree>(width).Operations;
            long perElement = typeof(TTree) == typeof(KoalaPoseidon2) ? 0 : 5, fixedPart = typeof(TTree) == typeof(KoalaPoseidon2) ? 40 : 0;
            return (many - fixedPart - perElement * width) / (one - fixedPart - perElement);
        }
    }
}
