namespace Prozchain.Testing.Tests;

public sealed class HostileBytesTests
{
    [Fact]
    public void Feed_ReaderThrowsOnSomeInput_Fails()
    {
        var failure = Record.Exception(() => HostileBytes.Feed([[1, 2, 3, 4]], bytes => _ = bytes[2], count: 1000));
        Assert.IsType<Xunit.Sdk.FailException>(failure);
    }

    [Fact]
    public void Mutate_SameSeed_SameBytesAndOftenChanged()
    {
        byte[] valid = new SeededRandom(2).Bytes(40);
        SeededRandom a = new(5), b = new(5);
        int changed = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] mutated = HostileBytes.Mutate(valid, a);
            Assert.Equal(mutated, HostileBytes.Mutate(valid, b));
            if (!mutated.AsSpan().SequenceEqual(valid)) changed++;
        }
        Assert.True(changed > 900, $"Expected most mutations to change the bytes, got {changed} of 1000.");
    }
}
