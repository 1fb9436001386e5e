using System.Runtime.Intrinsics;
using System.Text;

namespace Prozchain.Shared.Tests;

public class Blake3LanesTests : LaneHashTests
{
    protected override IReadOnlyList<RowsHash> Rows =>
    [
        Blake3Lanes.HashRows, Blake3Lanes.HashRows<Words1, uint>, Blake3Lanes.HashRows<Words128, Vector128<uint>>,
        Blake3Lanes.HashRows<Words256, Vector256<uint>>, Blake3Lanes.HashRows<Words512, Vector512<uint>>,
    ];

    protected override IReadOnlyList<TileHash> Tiles =>
    [
        Blake3Lanes.HashTile, Blake3Lanes.HashTile<Words1, uint>, Blake3Lanes.HashTile<Words128, Vector128<uint>>,
        Blake3Lanes.HashTile<Words256, Vector256<uint>>, Blake3Lanes.HashTile<Words512, Vector512<uint>>,
    ];

    protected override (string, string) KnownAnswer => ("abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");

    protected override void HashOne(ReadOnlySpan<byte> message, Span<byte> digest) => InPieces(new Blake3Hasher(), message, digest);

    [Fact]
    public void Hash_LongInput_EqualsChunkByChunk() => CheckLong();

    [Theory]
    [InlineData(Testing.InstructionSet.Avx512)]
    [InlineData(Testing.InstructionSet.Avx2)]
    [InlineData(Testing.InstructionSet.All)]
    public void Hash_LongInputWithoutInstructionSets_EqualsChunkByChunk(Testing.InstructionSet set) => Testing.IsaRerun.Without(set, CheckLong);

    [Fact]
    public void Update_UnalignedPieces_EqualsChunkByChunk()
    {
        byte[] input = Input(300_000), expected = new byte[32], digest = new byte[32];
        InPieces(new Blake3Hasher(), input, expected);
        foreach (int piece in (int[])[1025, 3000, 4096, 5000, 65_537, 131_072, 131_073, 200_000])
        {
            var hasher = new Blake3Hasher();
            for (int at = 0; at < input.Length; at += piece) hasher.Update(input.AsSpan(at, Math.Min(piece, input.Length - at)));
            hasher.Finish(digest);
            Assert.Equal(expected, digest);
        }
    }

    private static void CheckLong()
    {
        byte[] input = Input(400 * 1024), expected = new byte[32], digest = new byte[32];
        int[] lengths = [.. Enumerable.Range(1, 40).SelectMany(chunks => (int[])[1024 * chunks - 1, 1024 * chunks, 1024 * chunks + 1]), 131_072, 131_073, 262_144, 262_145, 300_001, 400 * 1024];
        foreach (int length in lengths)
        {
            InPieces(new Blake3Hasher(), input.AsSpan(0, length), expected);
            Blake3.Hash(input.AsSpan(0, length), digest);
            Assert.Equal(expected, digest);
            InPieces(Blake3Hasher.Keyed(input.AsSpan(0, 32)), input.AsSpan(0, length), expected);
            Blake3.KeyedHash(input.AsSpan(0, 32), input.AsSpan(0, length), digest);
            Assert.Equal(expected, digest);
            InPieces(Blake3Hasher.DerivingKey(Encoding.ASCII.GetBytes("context")), input.AsSpan(0, length), expected);
            Blake3.DeriveKey("context", input.AsSpan(0, length), digest);
            Assert.Equal(expected, digest);
        }
    }

    // Pieces of less than two chunks never reach the lanes.
    private static void InPieces(Blake3Hasher hasher, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        for (; message.Length > 1000; message = message[1000..]) hasher.Update(message[..1000]);
        hasher.Update(message);
        hasher.Finish(digest);
    }

    private static byte[] Input(int length)
    {
        var input = new byte[length];
        new Random(length).NextBytes(input);
        return input;
    }
}
