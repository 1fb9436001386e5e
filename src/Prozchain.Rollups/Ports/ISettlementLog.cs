using System.Buffers;

namespace Prozchain.Rollups.Ports;

/// <summary>The settlement layer as this package needs it: one ordered, append-only log of opaque calls.</summary>
/// <remarks>
/// An implementer owes: positions count from 0 without gaps; every reader sees the same call and the same height at a
/// position, for ever; heights never fall from one position to the next; when <see cref="AppendAsync"/> completes,
/// the call is in the log; anybody may append anything, and an honest party's call is not kept out for longer than
/// the settlement parameters' clocks allow. The head's height grows with time even when nobody appends, or no
/// deadline would ever pass. No reorganisations: an implementer hands out only what its layer holds final.
/// </remarks>
public interface ISettlementLog
{
    /// <summary>Appends a call and returns its position.</summary>
    ValueTask<long> AppendAsync(ReadOnlyMemory<byte> call, CancellationToken cancellationToken);

    /// <summary>Writes the call at a position below the head's count to <paramref name="destination"/> and returns its height.</summary>
    ValueTask<long> ReadAsync(long position, IBufferWriter<byte> destination, CancellationToken cancellationToken);

    /// <summary>How many calls there are, and the height that any later call will at least have.</summary>
    ValueTask<SettlementHead> GetHeadAsync(CancellationToken cancellationToken);
}
