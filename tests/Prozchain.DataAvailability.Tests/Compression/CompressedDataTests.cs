using System.Buffers;
using System.Text;
using Prozchain.DataAvailability.Compression;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Compression;

public class CompressedDataTests
{
    private static readonly CompressionDictionary s_dictionary = CompressionDictionary.Create(Encoding.UTF8.GetBytes(Lines(0, 200)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(170)]
    [InlineData(5000)]
    [InlineData(1_000_000)]
    public void Compress_AnyData_ComesBack(int length)
    {
        byte[] text = Encoding.UTF8.GetBytes(Lines(500, 1 + length / 60))[..length], noise = TestSquares.Random(7, length);
        foreach (byte[] data in (byte[][])[text, noise, new byte[length]])
        {
            foreach (CompressionDictionary? dictionary in (CompressionDictionary?[])[null, s_dictionary])
            {
                byte[] posted = Compressed(data, dictionary);
                Assert.InRange(posted.Length, 0, data.Length + CompressedData.MaxPrefix);
                Assert.Equal(DecompressResult.Ok, CompressedData.TryDecompress(posted, length, out byte[] found, s_dictionary));
                Assert.Equal(data, found);
                if (length > 0) Assert.Equal(DecompressResult.TooLong, CompressedData.TryDecompress(posted, length - 1, out _, s_dictionary));
            }
        }
    }

    [Fact]
    public void Compress_ShortDataWithADictionary_IsMuchShorter()
    {
        byte[] message = Encoding.UTF8.GetBytes(Lines(700, 4));
        int plain = Compressed(message, null).Length, helped = Compressed(message, s_dictionary).Length;
        Assert.True(helped < 0.75 * plain, $"{message.Length} bytes became {plain}, and {helped} with a dictionary.");
        Assert.Equal(DecompressResult.UnknownDictionary, CompressedData.TryDecompress(Compressed(message, s_dictionary), 1000, out _));
        Assert.Equal(DecompressResult.UnknownDictionary, CompressedData.TryDecompress(Compressed(message, s_dictionary), 1000, out _, CompressionDictionary.Create([1, 2, 3])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(11)]
    public void Dictionary_ReadFromBytes_DecodesWhatItsMakerWrote(int quality)
    {
        CompressionDictionary made = CompressionDictionary.Create(Encoding.UTF8.GetBytes(Lines(0, 50)), quality);
        byte[] bytes = TestSquares.Encoded(made.WriteTo);
        Assert.Equal(ReadResult.Ok, CompressionDictionary.TryRead(bytes, out CompressionDictionary? read));
        Assert.True(made.CanCompress && read!.CanCompress);
        Assert.Equal(made.Id, read!.Id);
        Assert.Equal(made.Content.ToArray(), read.Content.ToArray());
        byte[] message = Encoding.UTF8.GetBytes(Lines(90, 7));
        Assert.Equal(DecompressResult.Ok, CompressedData.TryDecompress(Compressed(message, made), 1 << 20, out byte[] found, read));
        Assert.Equal(message, found);
    }

    /// <summary>A dictionary of another encoder still decodes, and is refused for compressing: here one whose quality byte is not its own.</summary>
    [Fact]
    public void Dictionary_OfAnotherEncoder_OnlyDecodes()
    {
        byte[] bytes = TestSquares.Encoded(s_dictionary.WriteTo);
        bytes[1] = 2;
        Assert.Equal(ReadResult.Ok, CompressionDictionary.TryRead(bytes, out CompressionDictionary? other));
        Assert.False(other!.CanCompress);
        Assert.Throws<ArgumentException>(() => Compressed([1, 2, 3], other));
        byte[] message = Encoding.UTF8.GetBytes(Lines(90, 7));
        byte[] posted = Compressed(message, s_dictionary);
        other.Id[..8].CopyTo(posted.AsSpan(4));
        Assert.Equal(DecompressResult.Ok, CompressedData.TryDecompress(posted, 1 << 20, out byte[] found, other));
        Assert.Equal(message, found);
    }

    /// <summary>A gigabyte of zeros in under a kilobyte: refused by its announced length, or, if that lies, as soon as it holds more.</summary>
    [Fact]
    public void TryDecompress_Bomb_StaysWithinTheLimit()
    {
        byte[] bomb = Compressed(new byte[64 << 20], null);
        Assert.InRange(bomb.Length, 0, 1000);
        Assert.Equal(DecompressResult.TooLong, CompressedData.TryDecompress(bomb, 1 << 20, out _));
        byte[] lying = [0, 1, 100, .. bomb[6..]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(DecompressResult.WrongLength, CompressedData.TryDecompress(lying, 1 << 20, out byte[] data));
        Assert.Empty(data);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
        // Much announced and little there: no memory for what is only announced.
        byte[] empty = [0, 1, 0x80, 0x80, 0x80, 0x80, 0x04, 0x3B];
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotEqual(DecompressResult.Ok, CompressedData.TryDecompress(empty, int.MaxValue, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    /// <summary>No array holds what is announced: refused as too long, even by a caller that states no limit.</summary>
    [Fact]
    public void TryDecompress_MoreThanAnyArray_IsTooLong()
    {
        foreach (byte method in (byte[])[0, 1])
            Assert.Equal(DecompressResult.TooLong, CompressedData.TryDecompress([0, method, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x3B], int.MaxValue, out _));
    }

    /// <summary>Contents as long as a pooled array: the decoder is where the maker's encoder was, whatever the room.</summary>
    [Fact]
    public void Dictionary_OfEveryLengthAroundAPowerOfTwo_Decodes()
    {
        byte[] text = Encoding.UTF8.GetBytes(Lines(0, 20)), message = Encoding.UTF8.GetBytes(Lines(5, 7));
        foreach (int length in (int[])[1, 15, 16, 17, 255, 256, 257, 1023, 1024, 1025])
        {
            CompressionDictionary made = CompressionDictionary.Create(text.AsSpan(0, length));
            Assert.Equal(DecompressResult.Ok, CompressedData.TryDecompress(Compressed(message, made), 1 << 20, out byte[] found, made));
            Assert.Equal(message, found);
        }
    }

    /// <summary>A few bytes that stand for a megabyte: reading them does not encode it.</summary>
    [Fact]
    public void Dictionary_ReadFromABomb_EncodesNothing()
    {
        byte[] bomb = TestSquares.Encoded(CompressionDictionary.Create(new byte[CompressionDictionary.MaxLength], 9).WriteTo);
        Assert.InRange(bomb.Length, 0, 100);
        // Once before, so that what a first call makes for good (statics, pools) is not counted.
        Assert.Equal(ReadResult.Ok, CompressionDictionary.TryRead(bomb, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ReadResult.Ok, CompressionDictionary.TryRead(bomb, out CompressionDictionary? read));
        // The content, once to find its end and once to keep it.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * CompressionDictionary.MaxLength + (1 << 16));
        Assert.True(read!.CanCompress);
    }

    [Fact]
    public void TryDecompress_PrefixesAndHostileBytes_AreNamed()
    {
        byte[] text = Encoding.UTF8.GetBytes(Lines(3, 20));
        byte[][] seeds = [Compressed(text, null), Compressed(text, s_dictionary), Compressed(TestSquares.Random(3, 100), null)];
        foreach (byte[] seed in seeds)
        {
            for (int length = 0; length < seed.Length; length++) Assert.Equal(DecompressResult.Truncated, CompressedData.TryDecompress(seed.AsSpan(0, length), 1 << 20, out _, s_dictionary));
            Assert.Equal(DecompressResult.TrailingBytes, CompressedData.TryDecompress([.. seed, 0], 1 << 20, out _, s_dictionary));
            Assert.Equal(DecompressResult.UnknownVersion, CompressedData.TryDecompress([1, .. seed[1..]], 1 << 20, out _, s_dictionary));
            Assert.Equal(DecompressResult.OutOfRange, CompressedData.TryDecompress([0, 3, .. seed[2..]], 1 << 20, out _, s_dictionary));
        }
        HostileBytes.Feed(seeds, bytes =>
        {
            DecompressResult result = CompressedData.TryDecompress(bytes, 1 << 16, out byte[] data, s_dictionary);
            Assert.InRange(data.Length, 0, result == DecompressResult.Ok ? 1 << 16 : 0);
        });
        HostileBytes.Feed([TestSquares.Encoded(s_dictionary.WriteTo)], bytes =>
        {
            if (CompressionDictionary.TryRead(bytes, out CompressionDictionary? read) != ReadResult.Ok) return;
            var again = new ArrayBufferWriter<byte>();
            read!.WriteTo(again);
            Assert.Equal(bytes, again.WrittenSpan);
        }, 300);
    }

    [Fact]
    public void Misuse_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => CompressionDictionary.Create([]));
        Assert.Throws<ArgumentException>(() => CompressionDictionary.Create(new byte[CompressionDictionary.MaxLength + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CompressionDictionary.Create([1], 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => CompressedData.Compress([1], new ArrayBufferWriter<byte>(), quality: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CompressedData.TryDecompress([], -1, out _));
    }

    /// <summary>Frozen: RFC 7932 fixes the meaning of these bytes, not the encoder of this machine.</summary>
    [Fact]
    public void TryDecompress_FrozenBytes_KeepTheirMeaning()
    {
        byte[] stored = [0, 0, 3, 7, 8, 9], brotli = [0, 1, 10, .. Convert.FromHexString("0B028068656C6C6F776F726C6403")];
        brotli[2] = 6;
        Assert.Equal(DecompressResult.Ok, CompressedData.TryDecompress(stored, 10, out byte[] data));
        Assert.Equal([7, 8, 9], data);
        // An uncompressed metablock would hold its own length; announced is another.
        Assert.NotEqual(DecompressResult.Ok, CompressedData.TryDecompress(brotli, 100, out _));
        byte[] five = [0, 1, 5, .. Convert.FromHexString("0B028068656C6C6F03")];
        Assert.Equal(DecompressResult.Ok, CompressedData.TryDecompress(five, 100, out data));
        Assert.Equal("hello"u8.ToArray(), data);
    }

    private static byte[] Compressed(byte[] data, CompressionDictionary? dictionary) => TestSquares.Encoded(output => CompressedData.Compress(data, output, dictionary));

    private static string Lines(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(i =>
        $"{{\"from\":\"{i * 7919L % 1000:x8}\",\"to\":\"{i * 104_729L % 1000:x8}\",\"amount\":{i * 31_337L % 100_000},\"memo\":\"payment of invoice\"}}\n"));
}
