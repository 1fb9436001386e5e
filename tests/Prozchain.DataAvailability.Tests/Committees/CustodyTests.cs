using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Prozchain.DataAvailability.Committees;

namespace Prozchain.DataAvailability.Tests.Committees;

public class CustodyTests
{
    /// <summary>Against the pseudocode of consensus-specs (fulu, das-core), with big numbers.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 4)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 8)]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000ff", 64)]
    [InlineData("123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", 127)]
    [InlineData("123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", 128)]
    [InlineData("123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", 0)]
    public void GroupsOf_AnyNode_AreThoseOfTheSpecification(string id, int count)
    {
        BigInteger current = new(Convert.FromHexString(id), isUnsigned: true, isBigEndian: true), most = (BigInteger.One << 256) - 1;
        HashSet<int> expected = [];
        while (expected.Count < count)
        {
            var bytes = new byte[32];
            current.TryWriteBytes(bytes, out _, isUnsigned: true);
            expected.Add((int)(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(bytes)) % 128));
            current = current == most ? BigInteger.Zero : current + 1;
        }
        Assert.Equal(expected.Order(), new CustodyRules().GroupsOf(Convert.FromHexString(id), count));
    }

    [Fact]
    public void CountFor_Stake_IsThatOfTheSpecification()
    {
        var rules = new CustodyRules();
        Assert.Equal((4, 8, 8, 9, 128), (rules.CountFor(0), rules.CountFor(1), rules.CountFor(8 * 32), rules.CountFor(9 * 32), rules.CountFor(ulong.MaxValue)));
        Assert.Equal(2, (rules with { Groups = 2 }).CountFor(0));
    }

    [Fact]
    public void ColumnsOf_AllGroups_CoverEveryColumnOnce()
    {
        var rules = new CustodyRules { Groups = 48 };
        foreach (int columns in (int[])[1, 48, 128, 256])
            Assert.Equal(Enumerable.Range(0, columns), Enumerable.Range(0, 48).SelectMany(group => rules.ColumnsOf(group, columns)).Order());
    }

    [Fact]
    public void Retention_Window_KeepsAsManyHeights()
    {
        foreach (ulong length in (ulong[])[1, 2, 7, 100])
        {
            var window = new RetentionWindow(length);
            for (ulong now = 0; now < 30; now++)
                for (ulong posted = 0; posted < 30; posted++)
                    Assert.Equal(posted <= now && posted >= window.FirstRetained(now), window.IsRetained(posted, now));
        }
        Assert.True(new RetentionWindow(5).IsRetained(ulong.MaxValue - 1, ulong.MaxValue - 1));
        Assert.Equal(ulong.MaxValue, new RetentionWindow(5).EndFor(ulong.MaxValue - 1));
    }

    [Fact]
    public void Misuse_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new CustodyRules().GroupsOf(new byte[31], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CustodyRules().GroupsOf(new byte[32], 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CustodyRules { Groups = 0 });
        // At the call, not when somebody looks at the columns.
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = new CustodyRules().ColumnsOf(128, 128); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = new CustodyRules().ColumnsOf(0, -1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CustodyRules { LeastGroups = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CustodyRules { LeastStakedGroups = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CustodyRules { StakePerGroup = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetentionWindow(0));
    }
}
