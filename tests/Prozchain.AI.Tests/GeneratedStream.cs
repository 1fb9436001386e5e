using System.Buffers.Binary;

namespace Prozchain.AI.Tests;

/// <summary>A stream of pseudo-random bytes of any length that holds none of them, read in uneven pieces, without a known length.</summary>
internal sealed class GeneratedStream(long length, ulong seed) : Stream
{
    private long _at;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _at; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(Math.Min(buffer.Length, length - _at), 300_000 + _at % 7);
        Fill(_at, seed, buffer[..count]);
        _at += count;
        return count;
    }

    /// <summary>The bytes at an offset of the stream with that seed.</summary>
    public static void Fill(long offset, ulong seed, Span<byte> output)
    {
        Span<byte> word = stackalloc byte[8];
        for (int i = 0; i < output.Length;)
        {
            long at = offset + i;
            BinaryPrimitives.WriteUInt64LittleEndian(word, Mix((ulong)(at >> 3) + seed));
            int skip = (int)(at & 7), count = Math.Min(8 - skip, output.Length - i);
            word.Slice(skip, count).CopyTo(output[i..]);
            i += count;
        }
    }

    public static byte[] Bytes(int length, ulong seed)
    {
        var bytes = new byte[length];
        Fill(0, seed, bytes);
        return bytes;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // SplitMix64.
    private static ulong Mix(ulong z)
    {
        z *= 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Takes bytes and compares them with those that are expected at their place instead of keeping them.</summary>
internal sealed class ComparingStream(Action<long, Memory<byte>> fill) : Stream
{
    /// <summary>Expects a <see cref="GeneratedStream"/>'s.</summary>
    public ComparingStream(ulong seed) : this((offset, expected) => GeneratedStream.Fill(offset, seed, expected.Span)) { }

    private readonly byte[] _expected = new byte[64 * 1024];

    public bool Differs { get; private set; }
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => Position;
    public override long Position { get; set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, _expected.Length);
            fill(Position, _expected.AsMemory(0, count));
            Differs |= !buffer[..count].SequenceEqual(_expected.AsSpan(0, count));
            Position += count;
            buffer = buffer[count..];
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
