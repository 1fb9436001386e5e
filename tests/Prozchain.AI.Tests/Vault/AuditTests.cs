using System.Buffers;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Vault;

public class AuditTests
{
    private static readonly byte[] s_beacon = GeneratedStream.Bytes(32, 71);

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    [InlineData(200_000)]
    public void ChunkPath_EveryChunk_LeadsToTheBlake3Digest(int length)
    {
        byte[] bytes = GeneratedStream.Bytes(length, 70);
        Bytes32 digest = VaultHash.Content(bytes);
        for (int chunk = 0; chunk < ChunkPath.Count(length); chunk++)
        {
            var path = new Bytes32[ChunkPath.PathLength(length, chunk)];
            Assert.Equal(digest, ChunkPath.Make(bytes, chunk, path));
            byte[] content = bytes[(chunk * 1024)..Math.Min(length, (chunk + 1) * 1024)];
            Assert.Equal(digest, ChunkPath.Climb(content, length, chunk, path));
            content[^1] ^= 1;
            Assert.NotEqual(digest, ChunkPath.Climb(content, length, chunk, path));
        }
    }

    [Fact]
    public async Task Answer_ShardThatHasItsPieces_IsOkByManifestAndByRootAlone()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync();
        for (int shard = 0; shard < 6; shard++)
        {
            AuditChallenge challenge = Challenge(manifest, shard);
            AuditProof proof = await AuditProver.AnswerAsync(challenge, manifest, vault.Stores[shard]);
            Assert.Empty(proof.Missing);
            Assert.Equal(new AuditResult(AuditStatus.Ok, -1), AuditAnswer.Check(challenge, manifest, proof.Answer.Span, 100));
            AuditSample[] samples = challenge.Draw(manifest);
            Assert.Equal(30, samples.Length);
            Assert.True(samples.Distinct().Count() > 5);
            Assert.All(samples, s => Assert.Equal(shard, manifest.StoreOf(s.Stripe, s.Piece)));
            Assert.Equal(AuditStatus.Ok, AuditAnswer.Check(challenge, samples, proof.Answer.Span, 109).Status);
        }
    }

    [Fact]
    public async Task Check_OutsideTheWindow_IsEarlyOrLate()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync();
        AuditChallenge challenge = Challenge(manifest, 2);
        ReadOnlyMemory<byte> answer = (await AuditProver.AnswerAsync(challenge, manifest, vault.Stores[2])).Answer;
        Assert.Equal(AuditStatus.Early, AuditAnswer.Check(challenge, manifest, answer.Span, 99).Status);
        Assert.Equal(AuditStatus.Late, AuditAnswer.Check(challenge, manifest, answer.Span, 110).Status);
        Assert.Equal(109UL, challenge.LastSlot);
    }

    [Fact]
    public async Task Answer_ShardThatLostOrAlteredAPiece_NamesTheSamples()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync();
        AuditChallenge challenge = Challenge(manifest, 1);
        AuditSample[] samples = challenge.Draw(manifest);
        await vault.LoseAsync(manifest, samples[3].Stripe, samples[3].Piece);
        AuditSample other = samples.First(s => s.Stripe != samples[3].Stripe);
        await vault.AlterAsync(manifest, other.Stripe, other.Piece, frame => { frame[^1] ^= 1; return frame; });
        AuditProof proof = await AuditProver.AnswerAsync(challenge, manifest, vault.Stores[1]);
        Assert.True(proof.Answer.IsEmpty);
        Assert.Equal(samples.Where(s => s.Stripe == samples[3].Stripe || s.Stripe == other.Stripe), proof.Missing);
    }

    [Fact]
    public async Task Check_AnyBitChangedOrAnotherBeacon_Refuses()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync();
        var challenge = new AuditChallenge(s_beacon, manifest.AuditRoot.Span, 1, 2, 100, 10);
        byte[] answer = (await AuditProver.AnswerAsync(challenge, manifest, vault.Stores[1])).Answer.ToArray();
        for (int bit = 0; bit < 8 * answer.Length; bit++)
        {
            answer[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(AuditStatus.Ok, AuditAnswer.Check(challenge, manifest, answer, 100).Status);
            answer[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.Equal(AuditStatus.Ok, AuditAnswer.Check(challenge, manifest, answer, 100).Status);
        byte[] beacon = [.. s_beacon];
        beacon[0] ^= 1;
        Assert.NotEqual(AuditStatus.Ok, AuditAnswer.Check(new AuditChallenge(beacon, manifest.AuditRoot.Span, 1, 2, 100, 10), manifest, answer, 100).Status);
        Assert.Equal(AuditStatus.Malformed, AuditAnswer.Check(challenge, manifest, [.. answer, 0], 100).Status);
    }

    [Fact]
    public async Task Check_HostileBytes_NeverThrows()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync();
        var challenge = new AuditChallenge(s_beacon, manifest.AuditRoot.Span, 3, 3, 100, 10);
        byte[] answer = (await AuditProver.AnswerAsync(challenge, manifest, vault.Stores[3])).Answer.ToArray();
        AuditSample[] samples = challenge.Draw(manifest);
        HostileBytes.Feed([answer], bytes =>
        {
            if (!bytes.SequenceEqual(answer)) Assert.NotEqual(AuditStatus.Ok, AuditAnswer.Check(challenge, samples, bytes, 100).Status);
        }, count: 20_000);
        HostileBytes.Feed([Encode(challenge)], bytes =>
        {
            if (AuditChallenge.TryRead(bytes, out AuditChallenge? read) == VaultFormatStatus.Ok) Assert.True(bytes.SequenceEqual(Encode(read!)));
        });
    }

    [Fact]
    public async Task Draw_ShardWithoutPieces_IsEmptyAndAnotherModelThrows()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync();
        AuditChallenge challenge = Challenge(manifest, 17);
        Assert.Empty(challenge.Draw(manifest));
        ModelManifest other = await vault.StoreAsync([1, 2, 3], "other");
        Assert.Throws<ArgumentException>(() => challenge.Draw(other));
        Assert.Throws<ArgumentException>(() => new AuditChallenge(s_beacon, manifest.AuditRoot.Span, 0, 0, 1, 1));
        Assert.Throws<ArgumentException>(() => new AuditChallenge(s_beacon, manifest.AuditRoot.Span, 0, 1, ulong.MaxValue, 2));
        Assert.Throws<ArgumentException>(() => new AuditChallenge(s_beacon.AsSpan(1), manifest.AuditRoot.Span, 0, 1, 1, 1));
    }

    [Fact]
    public async Task Draw_ShardThatLostAThird_IsFoundByThirtySamplesMostly()
    {
        // 0.67^30 is 5 in a million; over 500 beacons one that finds nothing would be a fault of the draw.
        (_, ModelManifest manifest) = await StoreAsync();
        int lost = (manifest.Geometry.StripeCount + 2) / 3;
        for (ulong seed = 0; seed < 500; seed++)
            Assert.Contains(new AuditChallenge(GeneratedStream.Bytes(32, seed), manifest.AuditRoot.Span, 0, 30, 1, 1).Draw(manifest), s => s.Stripe < lost);
    }

    [Fact]
    public async Task Encoding_SeededCases_IsFrozen()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync();
        AuditChallenge challenge = Challenge(manifest, 4);
        byte[] answer = (await AuditProver.AnswerAsync(challenge, manifest, vault.Stores[4])).Answer.ToArray();
        Fixtures.AssertFrozen(Fixtures.Audits, [Encode(challenge), answer]);
    }

    private static AuditChallenge Challenge(ModelManifest manifest, int shard) => new(s_beacon, manifest.AuditRoot.Span, shard, 30, 100, 10);

    private static byte[] Encode(AuditChallenge challenge)
    {
        var output = new ArrayBufferWriter<byte>();
        challenge.Write(output);
        return output.WrittenSpan.ToArray();
    }

    // Leaves of 2,048 bytes, so that pieces have more than one chunk.
    private static async Task<(SmallVault Vault, ModelManifest Manifest)> StoreAsync()
    {
        var vault = new SmallVault(6, new ModelVaultOptions { LeafSize = 2048, DataPieces = 4, ParityPieces = 2, MemoryBudget = 1 << 20 });
        return (vault, await vault.StoreAsync(SafetensorsFile.Distinct(9, 5000, 1)));
    }
}
