using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Single words from anywhere on the device, by one copy of addresses there and one of words back.</summary>
internal static class DeviceGather
{
    /// <param name="session">Whose memory they are in.</param>
    /// <param name="addresses">Each a multiple of 4.</param>
    /// <returns>A word for each address.</returns>
    public static uint[] Read(DeviceSession session, ReadOnlySpan<ulong> addresses)
    {
        var words = new uint[addresses.Length];
        if (words.Length == 0) return words;
        using DeviceBuffer from = session.Upload(addresses, "addresses to read"), gathered = session.Allocate((long)words.Length * sizeof(uint), "words to read");
        session.Launch(new("gather", "gather_words"), KernelGrid.ForEach(words.Length), gathered, from, (long)words.Length);
        session.Read(gathered, 0, words.AsSpan());
        return words;
    }
}
