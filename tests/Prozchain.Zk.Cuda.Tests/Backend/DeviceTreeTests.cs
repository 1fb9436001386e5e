using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Baby = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>;
using Koala = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Backend;

[Collection(nameof(DeviceTests))]
public sealed class DeviceTreeTests
{
    [Fact]
    public void Keccak_OverBothFields_IsTheHosts()
    {
        CheckAll<Koala, ByteMatrixHash<Koala, Keccak256>>();
        CheckAll<Baby, ByteMatrixHash<Baby, Keccak256>>();
    }

    [Fact]
    public void Sha256_OverBothFields_IsTheHosts()
    {
        CheckAll<Koala, ByteMatrixHash<Koala, Sha256>>();
        CheckAll<Baby, ByteMatrixHash<Baby, Sha256>>();
    }

    [Fact]
    public void Blake3_OverBothFields_IsTheHosts()
    {
        CheckAll<Koala, ByteMatrixHash<Koala, Blake3>>();
        CheckAll<Baby, ByteMatrixHash<Baby, Blake3>>();
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1023)]
    [InlineData(1300)]
    [InlineData(2049)]
    public void Blake3_OfRowsOfSeveralChunks_IsTheHosts(int width)
    {
        using TreeCase<Koala, ByteMatrixHash<Koala, Blake3>> one = new(width, 0, 0, new MatrixDimensions(2, width));
        one.Check();
    }

    [Fact]
    public void Poseidon2_OverBothFields_IsTheHosts()
    {
        CheckAll<Koala, SpongeMatrixHash<KoalaBear, Poseidon2Width24<KoalaBear>, Poseidon2Width16<KoalaBear>>>();
        CheckAll<Baby, SpongeMatrixHash<BabyBear, Poseidon2Width24<BabyBear>, Poseidon2Width16<BabyBear>>>();
    }

    [Fact]
    public void Poseidon1_OverBothFields_IsTheHosts()
    {
        CheckAll<Koala, SpongeMatrixHash<KoalaBear, Poseidon1Width24<KoalaBear>, Poseidon1Width16<KoalaBear>>>();
        CheckAll<Baby, SpongeMatrixHash<BabyBear, Poseidon1Width24<BabyBear>, Poseidon1Width16<BabyBear>>>();
    }

    [Fact]
    public void Build_OfAHashWithoutKernels_IsRefused()
    {
        using TreeCase<Mersenne31, ByteMatrixHash<Mersenne31, Keccak256>> ofAField = new(1, 0, 0, new MatrixDimensions(4, 1));
        Assert.Throws<NotSupportedException>(ofAField.Check);
        using TreeCase<Koala, SpongeMatrixHash<KoalaBear, Poseidon2Width16<KoalaBear>, Poseidon2Width16<KoalaBear>>> ofWidths = new(1, 0, 0, new MatrixDimensions(4, 1));
        Assert.Throws<NotSupportedException>(ofWidths.Check);
    }

    // Widths about the ends of blocks of 16 and 34 words and of 256, heights about those of a warp, a block and the top of the tree.
    private static void CheckAll<TField, TTree>()
        where TField : unmanaged, IField<TField>
        where TTree : struct, IMatrixHash<TField>
    {
        int seed = 0;
        foreach (int width in (int[])[1, 2, 7, 13, 14, 15, 16, 17, 33, 34, 35, 48, 67, 68, 69, 101, 199]) Check(0, 0, new MatrixDimensions(4, width));
        for (int height = 1; height <= 1 << 10; height *= 2) Check(0, 0, new MatrixDimensions(height, 3));
        Check(2, 0, new MatrixDimensions(32, 5));
        Check(4, 0, new(64, 5), new(16, 3), new(64, 30), new(16, 20), new(1, 1));
        Check(0, 0, new(1024, 2), new(512, 35), new(128, 1), new(2, 3));
        Check(0, 3, new(64, 2), new(8, 2), new(16, 1));
        Check(0, 4, new MatrixDimensions(16, 9));

        void Check(int salts, int cap, params ReadOnlySpan<MatrixDimensions> dimensions)
        {
            using TreeCase<TField, TTree> one = new(seed++, salts, cap, dimensions);
            one.Check();
        }
    }
}
