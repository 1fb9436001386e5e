namespace Prozchain.Rollups.Tests.Payments;

public sealed class AccountAddressTests
{
    [Fact]
    public void FromPublicKey_HashBasedKey_IsTheKeyItself()
    {
        byte[] key = [AccountAddress.HashScheme, .. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Assert.Equal(key[1..], AccountAddress.FromPublicKey(key).Digest.Span.ToArray());
        for (int word = 1; word < key.Length; word += 4)
        {
            byte[] modulus = [.. key[..word], 1, 0, 0, 0x7F, .. key[(word + 4)..]], below = [.. key[..word], 0, 0, 0, 0x7F, .. key[(word + 4)..]];
            Assert.Throws<ArgumentException>(() => AccountAddress.FromPublicKey(modulus));
            Assert.Equal(below[1..], AccountAddress.FromPublicKey(below).Digest.Span.ToArray());
        }
        Assert.Throws<ArgumentException>(() => AccountAddress.FromPublicKey(key.AsSpan(0, 32)));
    }

    [Fact]
    public void FromNumber_IsAnAliasOfOneForm()
    {
        foreach (uint number in (uint[])[0, 1, 0x0102_0304, AccountAddress.MaxNumber - 1])
        {
            AccountAddress alias = AccountAddress.FromNumber(number);
            Assert.Equal($"04{number:x8}{new string('0', 56)}", alias.ToString());
            Assert.True(alias.TryGetNumber(out uint read));
            Assert.Equal(number, read);
            Assert.False(new AccountAddress(AccountAddress.HashScheme, alias.Digest.Value).TryGetNumber(out _));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => AccountAddress.FromNumber(AccountAddress.MaxNumber));
        byte[] bytes = [AccountAddress.NumberScheme, .. new byte[32]];
        foreach (int at in (int[])[5, 20, 32])
        {
            byte[] tail = [.. bytes];
            tail[at] = 1;
            Assert.True(AccountAddress.TryRead(tail, out AccountAddress address));
            Assert.False(address.TryGetNumber(out _));
        }
        bytes[1] = 0x40;
        Assert.True(AccountAddress.TryRead(bytes, out AccountAddress large));
        Assert.False(large.TryGetNumber(out _));
    }
}
