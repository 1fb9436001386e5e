using System.Buffers;
using System.IO.Pipelines;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Wire;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>A server that greets as it should and then sends what a test wants.</summary>
internal static class HostileServer
{
    public static byte[] Hello(int maxShares = 16) => TestSquares.Encoded(output => SampleFrames.WriteServerHello(output, maxShares, []));

    /// <summary>A client whose server sends these bytes at once.</summary>
    public static async Task<(RemoteShareSource Client, Duplex Server)> StartAsync(
        ReadOnlyMemory<byte> bytes, TimeProvider? time = null, RemoteShareLimits? limits = null)
    {
        (Duplex client, Duplex server) = Duplex.Pair();
        var source = new RemoteShareSource(client, limits, time);
        await server.Output.WriteAsync(bytes);
        return (source, server);
    }

    /// <summary>Reads until the client has sent this many bytes.</summary>
    public static async Task<byte[]> ReceiveAsync(Duplex server, int atLeast)
    {
        System.IO.Pipelines.ReadResult read = await server.Input.ReadAtLeastAsync(atLeast);
        byte[] bytes = read.Buffer.ToArray();
        server.Input.AdvanceTo(read.Buffer.End);
        return bytes;
    }
}
