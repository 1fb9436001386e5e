using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>Commitments to data by chunks: frozen, every chunk provable, nothing else.</summary>
public sealed class ChunkCommitmentTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(ChunkCommitment.ChunkSize, 1)]
    [InlineData(ChunkCommitment.ChunkSize + 1, 2)]
    [InlineData(5 * ChunkCommitment.ChunkSize - 7, 5)]
    public void Chunks_OfAnyLength_AreProvenAndNothingElseIs(int length, int count)
    {
        byte[] data = DataChallengeSuite.Data(length);
        Digest32 commitment = ChunkCommitment.Compute(data), root = ChunkCommitment.Root(data);
        Assert.Equal((ulong)count, ChunkCommitment.CountOf((ulong)length));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkCommitment.Prove(data, count));
        for (int i = 0; i < count; i++)
        {
            byte[] chunk = data[(i * ChunkCommitment.ChunkSize)..Math.Min(length, (i + 1) * ChunkCommitment.ChunkSize)];
            Digest32[] siblings = ChunkCommitment.Prove(data, i);
            Assert.True(ChunkCommitment.Verify(commitment, (ulong)length, root, (ulong)i, chunk, siblings));
            Assert.False(ChunkCommitment.Verify(commitment, (ulong)length, root, (ulong)i + 1, chunk, siblings));
            Assert.False(ChunkCommitment.Verify(commitment, (ulong)length + 1, root, (ulong)i, chunk, siblings));
            Assert.False(ChunkCommitment.Verify(commitment, (ulong)length, root, (ulong)i, chunk, [.. siblings, default]));
            chunk[^1] ^= 1;
            Assert.False(ChunkCommitment.Verify(commitment, (ulong)length, root, (ulong)i, chunk, siblings));
        }
        Assert.False(ChunkCommitment.Verify(commitment, (ulong)length, root, ulong.MaxValue, default, default));
    }

    /// <summary>Freezes docs/formats/rollups-chunks.md.</summary>
    [Fact]
    public void Commitment_IsFrozen() =>
        Assert.Equal("10ef4a8d23e3725e56ca8602be3771bef10fa97b3cf7334ea4ec5051fb7846f7", ChunkCommitment.Compute(DataChallengeSuite.Data(3 * ChunkCommitment.ChunkSize - 9)).ToString());
}
