using System.Buffers;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests.Sequencing;

/// <summary>A data layer that times out after so many calls, before or after it did what it was asked for.</summary>
internal sealed class FaultyPublisher(IDataPublisher publisher) : IDataPublisher
{
    /// <summary>Calls that still go well; below 0, all do.</summary>
    public int Countdown { get; set; } = -1;

    public async ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        await publisher.PublishAsync(data, commitment, cancellationToken);
        Count();
    }

    public ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        Count();
        return publisher.TryFetchAsync(commitment, destination, cancellationToken);
    }

    private void Count()
    {
        if (Countdown-- == 0) throw new TimeoutException();
    }
}
