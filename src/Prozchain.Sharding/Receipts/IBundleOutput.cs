using System.Buffers;

namespace Prozchain.Sharding.Receipts;

/// <summary>Takes the bundles of a block as they are written.</summary>
internal interface IBundleOutput
{
    /// <summary>A bundle begins; the output receives its wire form.</summary>
    IBufferWriter<byte> Begin(ChannelId channel, ulong sequence);
}
