using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>A few numbered accounts with nonces.</summary>
internal sealed class TestNames(int count) : IAccountNames
{
    private static readonly AccountAddress[] s_addresses = [.. Enumerable.Range(0, 64).Select(number => new HashSigner(number).Address)];

    public static AccountAddress Address(int number) => s_addresses[number];

    private readonly AccountAddress[] _known = [.. Enumerable.Range(0, count).Select(Address)];

    public void FindAddresses(ReadOnlySpan<ulong> indices, Span<AccountAddress> addresses)
    {
        for (int i = 0; i < indices.Length; i++) addresses[i] = indices[i] < (ulong)_known.Length ? _known[indices[i]] : default;
    }

    public void FindIndices(ReadOnlySpan<AccountAddress> accounts, Span<ulong> indices)
    {
        for (int i = 0; i < accounts.Length; i++) indices[i] = Array.IndexOf(_known, accounts[i]) is var found and >= 0 ? (ulong)found : IAccountNames.NoIndex;
    }

    public void GetNonces(ReadOnlySpan<AccountAddress> accounts, Span<ulong> nonces)
    {
        for (int i = 0; i < accounts.Length; i++) nonces[i] = 10 * (ulong)Math.Max(0, Array.IndexOf(_known, accounts[i]));
    }
}
