using CsCheck;
using FlyTftp.Reactive.Replay.Captures;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class InternetChecksumTests
{
    /// <summary>The example of RFC 1071 §3: the sum is DDF2.</summary>
    [Test]
    public void Agrees_with_the_RFC() =>
        Assert.That(InternetChecksum.Finish(InternetChecksum.Add(0, [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7])),
            Is.EqualTo(0xFFFF - 0xDDF2));

    [Test]
    public void Agrees_with_the_plain_sum_of_words() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            var sum = 0;
            for (var index = 0; index < bytes.Length; index++)
            {
                sum += bytes[index] << (index % 2 == 0 ? 8 : 0);
                if (sum > 0xFFFF) sum -= 0xFFFF;
            }

            return InternetChecksum.Finish(InternetChecksum.Add(0, bytes)) == (ushort)~sum;
        });
}
