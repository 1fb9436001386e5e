using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>Blobs, against commitments and proofs that a KZG library of npm made (eng/blob-fixture.mjs).</summary>
public sealed class BlobTests
{
    private static readonly Sidecar[] s_sidecars = Load();

    [Fact]
    public void Packing_IsWhatTheScriptPacks_AndComesBack()
    {
        Assert.Equal(130_044, Blob.Capacity);
        Assert.Equal(4, s_sidecars.Length);
        var data = new byte[Blob.Capacity];
        foreach (Sidecar sidecar in s_sidecars)
        {
            Assert.Equal(sidecar.BlobSha256, Convert.ToHexStringLower(SHA256.HashData(sidecar.Blob)));
            Assert.True(Blob.TryUnpack(sidecar.Blob, data, out int length));
            Assert.Equal(sidecar.Data, data[..length]);
        }
    }

    [Fact]
    public void VersionedHashes_AreThoseOfEip4844()
    {
        foreach (Sidecar sidecar in s_sidecars) Assert.Equal(sidecar.VersionedHash, Blob.VersionedHash(sidecar.Commitment).ToString());
        // The best known of them: of the empty blob.
        Assert.Equal("010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014", s_sidecars[0].VersionedHash);
    }

    [Fact]
    public void EveryLength_ComesBack_AndAnyOtherBlobIsRefused()
    {
        var random = new SeededRandom(5);
        byte[] data = random.Bytes(Blob.Capacity), blob = new byte[Blob.Size], read = new byte[Blob.Capacity];
        int[] lengths = [.. Enumerable.Range(0, 300), .. Enumerable.Range(0, 40).Select(_ => random.Next(Blob.Capacity)), Blob.Capacity - 1, Blob.Capacity];
        foreach (int length in lengths)
        {
            Blob.Pack(data.AsSpan(0, length), blob);
            for (int i = 0; i < Blob.Size; i += 32) Assert.InRange(blob[i], 0, 0x3F);
            Assert.True(Blob.TryUnpack(blob, read, out int got) && got == length && read.AsSpan(0, got).SequenceEqual(data.AsSpan(0, length)));
        }
        // Every blob that is accepted is the one packing of its data.
        var again = new byte[Blob.Size];
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            Blob.Pack(data.AsSpan(0, 1_000), blob);
            blob[random.Next(i % 2 == 0 ? 1_100 : Blob.Size)] ^= (byte)(1 << random.Next(8));
            if (!Blob.TryUnpack(blob, read, out int length))
            {
                refused++;
                continue;
            }
            Blob.Pack(read.AsSpan(0, length), again);
            Assert.Equal(blob, again);
        }
        Assert.InRange(refused, 190, 399);
        Assert.False(Blob.TryUnpack(blob.AsSpan(1), read, out _));
        Assert.Throws<ArgumentException>(() => Blob.Pack(new byte[Blob.Capacity + 1], blob));
        Assert.Throws<ArgumentException>(() => Blob.Pack([], blob.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => Blob.VersionedHash(new byte[47]));
    }

    [Fact]
    public void Sources_OfBlobs_AreTheirDataInOrder()
    {
        var committer = new FixtureCommitter(s_sidecars);
        Digest32[] hashes = [.. s_sidecars.Select(sidecar => Blob.VersionedHash(sidecar.Commitment))];
        var posted = new ArrayBufferWriter<byte>();
        SourcePosting.WriteBlobs(posted);
        Assert.True(SourcePosting.TryRead(posted.WrittenMemory, hashes, 0, out SourcePosting posting));
        BlobSidecar[] sidecars = [.. s_sidecars.Select(sidecar => new BlobSidecar(sidecar.Blob, sidecar.Commitment, sidecar.Proof))];
        var source = new ArrayBufferWriter<byte>();
        Assert.Equal(SourceStatus.Ok, posting.TryOpen(sidecars, committer, source));
        Assert.Equal(s_sidecars.SelectMany(sidecar => sidecar.Data), source.WrittenSpan.ToArray());

        Assert.Equal(SourceStatus.NotTheData, posting.TryOpen(sidecars.AsSpan(1), committer, source));
        Assert.Equal(SourceStatus.NotTheData, posting.TryOpen([.. sidecars.Reverse()], committer, source));
        Assert.Equal(SourceStatus.NotTheData, posting.TryOpen([.. sidecars[..3], sidecars[3] with { Blob = sidecars[2].Blob }], committer, source));
        Assert.Equal(SourceStatus.NotTheData, posting.TryOpen([.. sidecars[..3], sidecars[3] with { Proof = sidecars[2].Proof }], committer, source));
        Assert.Equal(SourceStatus.NotTheData, posting.TryOpen([.. sidecars[..3], default], committer, source));
    }

    // A blob that was posted, but is no packing: the proof of the second blob's commitment is good, its version byte is 1.
    [Fact]
    public void APostedBlobThatIsNoPacking_IsAnEmptySource()
    {
        byte[] blob = [.. s_sidecars[1].Blob];
        blob[1] = 1;
        var committer = new FixtureCommitter([s_sidecars[1] with { Blob = blob }]);
        Assert.True(SourcePosting.TryRead((byte[])[(byte)SourceKind.Blobs], new[] { Blob.VersionedHash(s_sidecars[1].Commitment) }, 0, out SourcePosting posting));
        var source = new ArrayBufferWriter<byte>();
        Assert.Equal(SourceStatus.NotABlob, posting.TryOpen([new BlobSidecar(blob, s_sidecars[1].Commitment, s_sidecars[1].Proof)], committer, source));
        Assert.Equal(0, source.WrittenCount);
    }

    internal static Sidecar[] Load()
    {
        string path = Path.Combine(RepositoryRoot.Path, "tests", "Prozchain.Rollups.Tests", "Vectors", "blobs.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static Sidecar Read(JsonElement element)
    {
        byte[] data = new SeededRandom(element.GetProperty("seed").GetUInt64()).Bytes(element.GetProperty("length").GetInt32());
        var blob = new byte[Blob.Size];
        Blob.Pack(data, blob);
        return new Sidecar(
            data, blob, Text("blobSha256"), Convert.FromHexString(Text("commitment")), Convert.FromHexString(Text("proof")), Text("versionedHash"));

        string Text(string name) => element.GetProperty(name).GetString()!;
    }

    internal sealed record Sidecar(byte[] Data, byte[] Blob, string BlobSha256, byte[] Commitment, byte[] Proof, string VersionedHash);

    // Knows the fixture's blobs and nothing else.
    internal sealed class FixtureCommitter(Sidecar[] sidecars) : IBlobCommitter
    {
        public void Commit(ReadOnlySpan<byte> blob, Span<byte> commitment) => Find(blob)!.Commitment.CopyTo(commitment);

        public void Prove(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, Span<byte> proof) => Find(blob)!.Proof.CopyTo(proof);

        public void ProveCells(ReadOnlySpan<byte> blob, Span<byte> proofs) => throw new NotSupportedException();

        public bool Verify(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> proof) =>
            Find(blob) is { } sidecar && commitment.SequenceEqual(sidecar.Commitment) && proof.SequenceEqual(sidecar.Proof);

        private Sidecar? Find(ReadOnlySpan<byte> blob)
        {
            foreach (Sidecar sidecar in sidecars)
                if (blob.SequenceEqual(sidecar.Blob)) return sidecar;
            return null;
        }
    }
}
