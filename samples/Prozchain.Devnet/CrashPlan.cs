using System.Buffers.Binary;
using Prozchain.Sharding.Ports;

namespace Prozchain.Devnet;

/// <summary>The process, as far as the chains can tell, has died.</summary>
internal sealed class InjectedCrashException(int number) : IOException($"Injected crash {number}.")
{
    public int Number { get; } = number;
}

/// <summary>
/// Crashes drawn from a seed: after some number of flushes of the log the next write is torn at a random byte, or the
/// flush is lost, and the log takes nothing more. The host then opens the chains again from what is left.
/// </summary>
internal sealed class CrashPlan(ulong seed, int crashes)
{
    private const int MostFlushesBetween = 12;

    private int _done;

    /// <summary>Crashes so far.</summary>
    public int Done => _done;

    /// <summary>The log of one life, over what survived the lives before.</summary>
    public ILogStorage Wrap(ILogStorage storage) => _done < crashes ? new Storage(this, storage, DevnetSeeds.Bytes(seed, "crashes", (ulong)_done)) : storage;

    private sealed class Storage : ILogStorage
    {
        private readonly CrashPlan _plan;
        private readonly ILogStorage _inner;
        private readonly uint _tear;
        private readonly bool _losesFlush;
        private int _flushesLeft;
        private bool _dead;

        public Storage(CrashPlan plan, ILogStorage inner, ReadOnlySpan<byte> draw)
        {
            (_plan, _inner) = (plan, inner);
            _flushesLeft = 1 + draw[0] % MostFlushesBetween;
            _losesFlush = (draw[1] & 3) == 0;
            _tear = BinaryPrimitives.ReadUInt32LittleEndian(draw[4..]);
        }

        public long Length => _inner.Length;

        public void Read(long offset, Span<byte> destination) => _inner.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            if (!_dead && (_flushesLeft > 0 || _losesFlush))
            {
                _inner.Write(offset, source);
                return;
            }
            if (!_dead) _inner.Write(offset, source[..(int)(_tear % (uint)(source.Length + 1))]);
            Die();
        }

        public void Truncate(long length)
        {
            if (_dead) Die();
            _inner.Truncate(length);
        }

        public void Flush()
        {
            if (_dead || (_flushesLeft == 0 && _losesFlush)) Die();
            _flushesLeft--;
            _inner.Flush();
        }

        private void Die()
        {
            if (!_dead) _plan._done++;
            _dead = true;
            throw new InjectedCrashException(_plan._done);
        }
    }
}
