using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Sharding.Wire;

/// <summary>How every message and record begins: a version, then what it is.</summary>
internal static class WireHead
{
    /// <summary>Writes the head; what comes next follows it.</summary>
    public static WireWriter Begin(this IBufferWriter<byte> output, byte kind)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte(kind);
        return writer;
    }

    /// <summary>The same, in place of what the buffer held.</summary>
    public static WireWriter Restart(this ArrayBufferWriter<byte> output, byte kind)
    {
        output.ResetWrittenCount();
        return output.Begin(kind);
    }
}
