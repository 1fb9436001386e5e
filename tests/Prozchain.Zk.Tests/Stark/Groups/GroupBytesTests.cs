using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Testing;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>The bytes of proofs of a list, docs/formats/zk-stark.md version 1: hostile ones are refused by name, and to change the frozen ones is to change the format.</summary>
public sealed class GroupBytesTests
{
    private const string Frozen = "9f3f90b6f86e619141bcc9ea9e12356743b847c97af6bcf5e00926c877a9225b";

    // Of these lists of three: reading and verifying, whatever the bytes.
    private const long Cap = 3 << 20;

    private static readonly string s_file = Path.Combine(RepositoryRoot.Path, "tests/Prozchain.Zk.Tests/Stark/Groups/stark-v1.proofs");

    private static readonly Lazy<(MemoryList List, byte[][] Proofs)> s_list = new(() =>
    {
        MemoryList list = MemoryList.Of(2);
        return (list, [.. list.Prove().Select(MemoryList.Bytes)]);
    });

    private static GroupResult? Read(MemoryList list, params byte[][] proofs)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        StarkProof?[] read = [.. proofs.Select(bytes => StarkProof.TryRead(bytes, out StarkProof? proof) == ReadResult.Ok ? proof : null)];
        GroupResult? result = read.Contains(null) ? null : list.Verify(read!);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Cap);
        return result;
    }

    [Fact]
    public void Prove_GivesTheFrozenBytes()
    {
        byte[] all = [.. s_list.Value.Proofs.SelectMany(proof => (byte[])[.. BitConverter.GetBytes(proof.Length), .. proof])];
        Assert.Equal(Frozen, Convert.ToHexStringLower(SHA256.HashData(all)));
    }

    [Fact]
    public void Verify_TheFrozenFile_IsValid()
    {
        ReadOnlySpan<byte> all = File.ReadAllBytes(s_file);
        Assert.Equal(Frozen, Convert.ToHexStringLower(SHA256.HashData(all)));
        List<byte[]> proofs = [];
        for (int length; all.Length > 0; all = all[(4 + length)..]) proofs.Add(all.Slice(4, length = BinaryPrimitives.ReadInt32LittleEndian(all)).ToArray());
        Assert.Equal(new GroupResult(GroupVerdict.Valid), Read(s_list.Value.List, [.. proofs]));
    }

    [Fact]
    public void ChangedBytes_AreRefused()
    {
        (MemoryList list, byte[][] proofs) = s_list.Value;
        Assert.True(Read(list, proofs)!.Value.IsValid);
        for (int part = 0; part < 2; part++)
        {
            int size = proofs[part].Length;
            int[] places = [.. Enumerable.Range(0, size).Where(at => at < 400 || at % 13 == 0 || at >= size - 8)];
            Parallel.ForEach(places, at =>
            {
                byte[] changed = [.. proofs[part]];
                changed[at] ^= (byte)(1 << at % 7);
                GroupResult? result = part == 0 ? Read(list, changed, proofs[1], proofs[2]) : Read(list, proofs[0], changed, proofs[2]);
                Assert.True(result is null || (!result.Value.IsValid && result.Value.Verdict is not (GroupVerdict.None or GroupVerdict.Imbalance)), $"Proof {part}, byte {at}: {result}.");
            });
            for (int length = 0; length < size; length += length < 120 ? 1 : 997)
            {
                GroupResult? result = part == 0 ? Read(list, proofs[0][..length], proofs[1], proofs[2]) : Read(list, proofs[0], proofs[1][..length], proofs[2]);
                Assert.True(result is null || result == new GroupResult(GroupVerdict.InvalidProof, part, VerifyResult.Truncated), $"{length} bytes: {result}");
            }
        }
    }

    [Fact]
    public void Place_ReadsBack_AndRefusesTheRest()
    {
        (MemoryList list, byte[][] proofs) = s_list.Value;
        Assert.Equal(ReadResult.Ok, StarkProof.TryRead(proofs[2], out StarkProof? proof));
        GroupPlace place = proof!.Place!;
        Assert.Equal((2, 3), (place.Index, place.Count));
        Assert.Equal(list.Parts[2].Commit().Cap, place.Cap);
        Assert.Equal(proofs[2], MemoryList.Bytes(proof));
        Assert.Equal(proofs[2].Length, proof.EncodedSize);
        System.Buffers.ArrayBufferWriter<byte> written = new();
        place.Write(written);
        byte[] bytes = written.WrittenSpan.ToArray();
        Assert.Equal(GroupPlace.EncodedSize, bytes.Length);
        Assert.Equal(ReadResult.Ok, GroupPlace.TryRead(bytes, out GroupPlace? read));
        // The place is all that another machine needs.
        Assert.Equal(proofs[2], MemoryList.Bytes(list.Parts[2].Prove(read!)));
        Assert.Equal(ReadResult.TrailingBytes, GroupPlace.TryRead([.. bytes, 0], out _));
        Assert.Equal(ReadResult.Truncated, GroupPlace.TryRead(bytes.AsSpan(1), out _));
        bytes[0] = 3;
        Assert.Equal(ReadResult.OutOfRange, GroupPlace.TryRead(bytes, out GroupPlace? none));
        Assert.Null(none);
    }

    [Fact]
    public void Commitments_FromTheirParts()
    {
        MemoryList list = s_list.Value.List;
        EarlyCommitment<F>[] commitments = [.. list.Parts.Select(part => part.Commit())];
        EarlyCommitment<F>[] rebuilt = [.. commitments.Select(one => new EarlyCommitment<F>(one.Key, one.LogRows, one.PublicValues, one.Cap))];
        Assert.Equal(StarkGroup.Challenges(list.Statement, commitments)[1].Digest, StarkGroup.Challenges(list.Statement, rebuilt)[1].Digest);
        Assert.Throws<ArgumentException>(() => new EarlyCommitment<F>(commitments[1].Key, [5], commitments[1].PublicValues, commitments[1].Cap));
        Assert.Throws<ArgumentException>(() => new EarlyCommitment<F>(commitments[1].Key, [4], [], commitments[1].Cap));
    }
}
