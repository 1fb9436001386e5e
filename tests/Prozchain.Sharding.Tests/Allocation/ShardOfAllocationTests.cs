using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Allocation;

public class ShardOfAllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    public void ShardOf_AnyAddress_AllocatesNothing(int shards)
    {
        ShardLayout layout = ShardLayout.Create(shards);
        Address[] addresses = [.. Enumerable.Range(0, 100).Select(TestNetwork.AddressOf)];
        ulong sum = 0;
        AllocationAssert.None(() =>
        {
            foreach (Address address in addresses) sum += layout.ShardOf(address).Value + layout.ShardOf(LayoutClass.General, address.Digest).Value;
        });
        Assert.NotEqual(0UL, sum);
    }
}
