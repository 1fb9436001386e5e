using System.Buffers;
using Prozchain.Devnet.Proofs;
using Prozchain.Testing;
using Prozchain.Zk;
using Prozchain.Zk.Stark;

namespace Prozchain.Composition.Tests;

/// <summary>A file proof as bytes, which may be anyone's.</summary>
public abstract class FileProofTests(FileProofTests.Proven proven)
{
    private const int Head = 39;

    [Fact]
    public void Proof_OfASmallFile_IsValidAfterReading()
    {
        Assert.Equal(ReadResult.Ok, FileProof.TryRead(proven.Bytes, out FileProof? read));
        Assert.Equal(VerifyResult.Valid, new FileProofKey(read!.Statement).Verify(read.Proof));
        Assert.Equal(proven.Statement.Describe(), read.Statement.Describe());
        ArrayBufferWriter<byte> again = new();
        read.Write(again);
        Assert.Equal(proven.Bytes, again.WrittenSpan.ToArray());
    }

    /// <summary>Every byte of the statement: what it then says is not what was proven, or is no statement at all.</summary>
    [Fact]
    public void Statement_AnyByteChanged_IsRefused()
    {
        for (int at = 0; at < Head + proven.Statement.Prefix.Length; at++)
        {
            foreach (int mask in (int[])[1, 0x80]) Assert.False(IsAccepted(Changed(at, mask), proven.Key), $"Expected byte {at} changed by {mask} to be refused.");
        }
    }

    /// <summary>The first byte names the hash function, and nothing else.</summary>
    [Fact]
    public void Function_OfTheStatement_IsItsFirstByte()
    {
        Assert.Equal((byte)proven.Statement.Function, proven.Bytes[0]);
        for (int number = 2; number < 256; number++)
            Assert.Equal(ReadResult.UnsupportedVersion, FileProof.TryRead([(byte)number, .. proven.Bytes.AsSpan(1)], out _));
    }

    [Fact]
    public void Proof_BytesChanged_AreRefused()
    {
        var random = new SeededRandom(5);
        int start = Head + proven.Statement.Prefix.Length;
        for (int i = 0; i < 12; i++) Assert.False(IsAccepted(Changed(start + i, 1 << random.Next(8)), proven.Key));
        for (int i = 0; i < 60; i++) Assert.False(IsAccepted(Changed(random.Next(start, proven.Bytes.Length), 1 << random.Next(8)), proven.Key));
    }

    [Fact]
    public void Proof_CutShortOrExtended_IsRefused()
    {
        foreach (int length in (int[])[0, 1, Head - 1, Head, Head + 7, Head + 12, 1000, proven.Bytes.Length / 2, proven.Bytes.Length - 1])
            Assert.False(IsAccepted(proven.Bytes[..length], proven.Key), $"Expected {length} bytes to be refused.");
        Assert.False(IsAccepted([.. proven.Bytes, 0], proven.Key));
    }

    /// <summary>A proof for 100 bits does not pass for one of 128, nor is any lower target read.</summary>
    [Theory]
    [InlineData(0, ReadResult.OutOfRange)]
    [InlineData(80, ReadResult.OutOfRange)]
    [InlineData(99, ReadResult.OutOfRange)]
    [InlineData(128, ReadResult.Ok)]
    public void Security_OfTheStatement_IsNoneOfTheProofs(byte bits, ReadResult expected)
    {
        byte[] bytes = [.. proven.Bytes];
        bytes[1] = bits;
        Assert.Equal(expected, FileProof.TryRead(bytes, out FileProof? read));
        if (read is not null) Assert.NotEqual(VerifyResult.Valid, new FileProofKey(read.Statement).Verify(read.Proof));
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrows()
    {
        int refused = 0;
        HostileBytes.Feed([proven.Bytes[..400]], bytes => refused += FileProof.TryRead(bytes, out _) == ReadResult.Ok ? 0 : 1);
        Assert.True(refused > 0);
        Assert.Equal(ReadResult.TrailingBytes, FileProof.TryRead(new byte[FileProof.MaxSize + 1], out _));
    }

    [Fact]
    public void Describe_Statements_SayWhatIsShownAndWhatIsNot()
    {
        byte[] hash = new byte[32];
        string zeros = new('0', 64);
        Assert.Equal($"its maker knew a file of 0 bytes whose BLAKE3 hash is {zeros}; nothing is hidden", new FileStatement(FileHash.Blake3, 0, hash, default, 100).Describe());
        Assert.Equal($"its maker knew a file of 9 bytes whose SHA-256 hash is {zeros}; the 9 bytes are hidden", new FileStatement(FileHash.Sha256, 9, hash, default, 100).Describe());
        Assert.Equal($"its maker knew a file of 2 bytes whose BLAKE3 hash is {zeros} and whose first 1 byte is 07; the other 1 byte is hidden", new FileStatement(FileHash.Blake3, 2, hash, new byte[] { 7 }, 100).Describe());
    }

    private byte[] Changed(int at, int mask)
    {
        byte[] bytes = [.. proven.Bytes];
        bytes[at] ^= (byte)mask;
        return bytes;
    }

    // A statement of the same numbers has the same key, but for the values that it makes public.
    private bool IsAccepted(byte[] bytes, FileProofKey key)
    {
        if (FileProof.TryRead(bytes, out FileProof? read) != ReadResult.Ok) return false;
        FileStatement statement = read!.Statement, owned = proven.Statement;
        bool isSame = (statement.Function, statement.Length, statement.SecurityBits) == (owned.Function, owned.Length, owned.SecurityBits) && statement.Prefix.Length == owned.Prefix.Length;
        return (isSame ? key.For(statement) : new FileProofKey(statement)).Verify(read.Proof) == VerifyResult.Valid;
    }

    /// <summary>One proof for all tests of a hash function.</summary>
    public abstract class Proven : IAsyncLifetime
    {
        private protected abstract FileHash Function { get; }

        internal FileStatement Statement { get; private set; } = null!;

        internal FileProofKey Key { get; private set; } = null!;

        internal byte[] Bytes { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            byte[] file = new byte[100];
            new SeededRandom(100).NextBytes(file);
            Statement = new(Function, file.Length, Function.Of(file), file.AsMemory(0, 5), 100);
            Key = new(Statement);
            StarkProof proof = await Key.ProveAsync(file, 1, new Progress<StarkProgress>(), CancellationToken.None);
            ArrayBufferWriter<byte> bytes = new();
            new FileProof(Statement, proof).Write(bytes);
            Bytes = bytes.WrittenSpan.ToArray();
        }

        public ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A proof about a BLAKE3 hash.</summary>
public sealed class Blake3FileProofTests(Blake3FileProofTests.Fixture proven) : FileProofTests(proven), IClassFixture<Blake3FileProofTests.Fixture>
{
    public sealed class Fixture : Proven
    {
        private protected override FileHash Function => FileHash.Blake3;
    }
}

/// <summary>A proof about a SHA-256 hash.</summary>
public sealed class Sha256FileProofTests(Sha256FileProofTests.Fixture proven) : FileProofTests(proven), IClassFixture<Sha256FileProofTests.Fixture>
{
    public sealed class Fixture : Proven
    {
        private protected override FileHash Function => FileHash.Sha256;
    }
}
