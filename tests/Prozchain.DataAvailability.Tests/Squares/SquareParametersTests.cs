namespace Prozchain.DataAvailability.Tests.Squares;

public class SquareParametersTests
{
    [Theory]
    [InlineData(0, 64)]
    [InlineData(3, 64)]
    [InlineData(-2, 64)]
    [InlineData(1024, 64)]
    [InlineData(4, 0)]
    [InlineData(4, 65)]
    [InlineData(4, 65600)]
    [InlineData(512, 65536)]
    [InlineData(512, 2048)]
    public void Constructor_OutOfRange_Throws(int dataWidth, int cellSize) =>
        Assert.ThrowsAny<ArgumentException>(() => new SquareParameters(dataWidth, cellSize));

    [Theory]
    [InlineData(1, 64)]
    [InlineData(512, 1024)]
    [InlineData(64, 65536)]
    public void Constructor_InRange_HoldsTheShape(int dataWidth, int cellSize)
    {
        var parameters = new SquareParameters(dataWidth, cellSize);
        Assert.Equal(2 * dataWidth, parameters.Width);
        Assert.Equal(4 * dataWidth * dataWidth, parameters.CellCount);
        Assert.Equal(dataWidth * dataWidth * cellSize - 8, parameters.Capacity);
    }

    [Fact]
    public void ForPayload_TooLong_Throws()
    {
        Assert.Equal(512, SquareParameters.ForPayload(512 * 512 * 512 - 8).DataWidth);
        Assert.Throws<ArgumentException>(() => SquareParameters.ForPayload(512 * 512 * 512 - 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => SquareParameters.ForPayload(-1));
        Assert.ThrowsAny<ArgumentException>(() => SquareParameters.ForPayload(1, 100));
    }
}
