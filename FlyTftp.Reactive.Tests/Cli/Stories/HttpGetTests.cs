using System.Text;
using FlyTftp.Reactive.Cli.Stories;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Stories;

public sealed class HttpGetTests
{
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", 200, null)]
    [TestCase("HTTP/1.0 200 OK\r\n\r\n[]", 200, null, Description = "the end of the connection is the end of the body")]
    [TestCase("HTTP/1.1 404 Not Found\r\ncontent-length: 10\r\n\r\nnot found\n", 404, "answered 404: not found")]
    [TestCase("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n", 503, "answered 503")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[]", 0, "the answer was cut short")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n[]", 0, "the answer was cut short")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n", 0, "what answers there is not flytftp")]
    [TestCase("HTTP/1.1 200 OK\r\n", 0, "what answers there is no web server")]
    [TestCase("SSH-2.0-OpenSSH_9.2\r\n\r\n", 0, "what answers there is no web server")]
    [TestCase("HTTP/1.1 2x0 OK\r\n\r\n", 0, "what answers there is no web server")]
    [TestCase("", 0, "what answers there is no web server")]
    public void Says_what_is_wrong_with_an_answer(string answer, int status, string? failure)
    {
        var parsed = HttpGet.Parse(Encoding.ASCII.GetBytes(answer));
        Assert.That((parsed.Status, parsed.Failure), Is.EqualTo((status, failure)));
    }
}
