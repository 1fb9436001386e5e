using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>A few numbered accounts with nonces.</summary>
internal sealed class TestNames(int count) : IAccountNames
{
    private static readonly AccountAddress[] s_addresses = [.. Enumerable.Range(0, 64).Select(number => new HashSigner(number).Address)];

    public static AccountAddress Address(int number) => s_addresses[number];

    private readonly AccountAddress[] _known = [.. Enumerable.Range(0, count).Select(Address)];

    public bool TryGetAddress(ulong index, out AccountAddress address)
    {
        address = index < (ulong)_known.Length ? _known[index] : default;
        return index < (ulong)_known.Length;
    }

    public bool TryGetIndex(in AccountAddress address, out ulong index)
    {
        int found = Array.IndexOf(_known, address);
        index = (ulong)Math.Max(0, found);
        return found >= 0;
    }

    public ulong GetNonce(in AccountAddress address) => TryGetIndex(address, out ulong index) ? 10 * index : 0;
}
