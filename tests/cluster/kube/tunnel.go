package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// Nothing listens on the addresses of nodes and pods, which are made up: they are of the range for
// benchmarks, RFC 2544, for the API server takes none of loopback. It is told to reach them all
// through a proxy (EgressSelectorConfiguration), which is this one: a node's address is the kubelet
// here, and a pod's port is what a test named for it.

func nodeAddress(number int) string {
	return fmt.Sprintf("198.19.%d.%d", number/250, number%250+1)
}

func podAddress(number int) string {
	return fmt.Sprintf("198.18.%d.%d", number/250%250, number%250+1)
}

// behind says who answers for an address: empty when nobody does.
func (k *kubelet) behind(host, port string) string {
	if port == kubeletPort && strings.HasPrefix(host, "198.19.") {
		return k.address
	}
	if backend, known := k.backends.Load(port); known {
		return backend.(string)
	}
	return ""
}

// serveTunnel answers the API server's CONNECT requests on a Unix socket.
func (k *kubelet) serveTunnel(socket string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	go func() { fmt.Println(http.Serve(listener, http.HandlerFunc(k.connect))) }()
	return nil
}

func (k *kubelet) connect(w http.ResponseWriter, request *http.Request) {
	host, port, err := net.SplitHostPort(request.Host)
	if err != nil || request.Method != http.MethodConnect {
		http.Error(w, "only CONNECT to an address and a port", http.StatusBadRequest)
		return
	}
	backend, err := net.Dial("tcp", k.behind(host, port))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer backend.Close()
	// The kubelet knows by this for which node it is asked.
	k.callers.Store(backend.LocalAddr().String(), host)
	defer k.callers.Delete(backend.LocalAddr().String())
	client, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err == nil {
		join(client, backend)
	}
}

// join copies both ways until the backend is done.
func join(client io.ReadWriteCloser, backend net.Conn) {
	go func() {
		_, _ = io.Copy(backend, client)
		_ = backend.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, backend)
}
